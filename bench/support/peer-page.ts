import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The same hls.js as ours, on the barest page that plays. */
const page = (config: string) => `<!doctype html>
<meta charset="utf-8"><title>peer</title>
<video playsinline autoplay></video>
<script src="/hls.min.js"></script>
<script>
const video = document.querySelector('video');
const hls = new Hls(${config});
const load = () => hls.loadSource(new URLSearchParams(location.search).get('src'));
hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) setTimeout(load, 200); });
load();
hls.attachMedia(video);
</script>
`;

export interface PeerPage {
  dir: string;
  /** `settings`: `defaults.html` as hls.js comes, `tuned.html` with its low-latency settings. */
  url(httpUrl: string, hlsUrl: string, settings: 'defaults' | 'tuned'): string;
  remove(): Promise<void>;
}

/** Writes the peer's page to a folder that its web server can serve. */
export async function writePeerPage(): Promise<PeerPage> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-peer-page-'));
  const library = dirname(createRequire(import.meta.url).resolve('hls.js/package.json'));
  await copyFile(join(library, 'dist/hls.min.js'), join(dir, 'hls.min.js'));
  await writeFile(join(dir, 'defaults.html'), page('{}'));
  const tuned =
    '{ liveSyncDurationCount: 1, liveSyncOnStallIncrease: 0, maxLiveSyncPlaybackRate: 1.1 }';
  await writeFile(join(dir, 'tuned.html'), page(tuned));
  return {
    dir,
    url: (httpUrl, hlsUrl, settings) =>
      `${httpUrl}/${settings}.html?src=${encodeURIComponent(hlsUrl)}`,
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
