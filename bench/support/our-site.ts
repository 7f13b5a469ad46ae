import { startProduct } from './product.ts';

const CHANNEL = 'clock';

export interface OurSite {
  pid: number;
  httpPort: number;
  dataDir: string;
  channel: string;
  /** Of the one channel that this site has. */
  publishUrl: string;
  watchPath: string;
  watchUrl: string;
  stop(): Promise<void>;
}

/**
 * The product with one channel to publish to and watch.
 *
 * @param ladder as LADDER takes it
 * @param settings more of the product's settings
 */
export async function startOurSite(
  ladder = 'source',
  settings: Record<string, string> = {},
): Promise<OurSite> {
  const product = await startProduct({ ...settings, LADDER: ladder });
  try {
    const { streamKey } = await product.createChannel(CHANNEL);
    return {
      pid: product.pid,
      httpPort: product.httpPort,
      dataDir: product.dataDir,
      channel: CHANNEL,
      publishUrl: `rtmp://127.0.0.1:${product.rtmpPort}/live/${streamKey}`,
      watchPath: `/${CHANNEL}`,
      watchUrl: `${product.httpUrl}/${CHANNEL}`,
      stop: () => product.stop(),
    };
  } catch (error) {
    await product.stop();
    throw error;
  }
}
