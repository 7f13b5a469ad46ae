import { spawn } from 'node:child_process';

/** Presentation times (s, in decode order) of what is in an init segment and a media segment. */
export async function packetTimes(bytes: Buffer): Promise<number[]> {
  const entries = ['-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  const child = spawn('ffprobe', ['-v', 'error', ...entries, '-f', 'mp4', 'pipe:0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(bytes);
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
  return text
    .split('\n')
    .map((line) => Number.parseFloat(line))
    .filter((seconds) => !Number.isNaN(seconds));
}
