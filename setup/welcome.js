/**
 * The box that tells where to go, from what the server says when it is ready.
 *
 * @param {{ rtmpUrl: string, streamKey: string | null, watchUrl: string, notes: string[] }} facts
 */
export function welcome({ rtmpUrl, streamKey, watchUrl, notes }) {
  const lines = [
    'Footlight is on air.',
    '',
    'In OBS: Settings > Stream > Service: Custom',
    `  Server      ${rtmpUrl}`,
    ...(streamKey === null ? [] : [`  Stream key  ${streamKey}`]),
    '',
    `Watch page    ${watchUrl}`,
    '',
    'Stop with Ctrl-C.',
  ];
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '─'.repeat(width + 4);
  const rows = lines.map((line) => `│  ${line.padEnd(width)}  │`);
  return ['', `╭${edge}╮`, ...rows, `╰${edge}╯`, ...notes, '', ''].join('\n');
}
