/** Small pictures, each a shape of its own. */
const EMOTES: Record<string, string> = {
  amp: '<rect x="8" y="10" width="48" height="44" rx="6" fill="#6b4226"/><circle cx="32" cy="34" r="14" fill="#2a1a10"/><circle cx="32" cy="34" r="6" fill="#b98a5e"/>',
  clap: '<path d="M18 54 10 34q-2-6 4-6l18-16q6-4 8 2l12 26q2 14-14 18Z" fill="#ffca6b"/>',
  heart: '<path d="M32 54 8 30a14 14 0 0 1 24-16 14 14 0 0 1 24 16Z" fill="#ff5c7a"/>',
  spotlight:
    '<path d="M24 6h16l14 52H10Z" fill="#ffe7a8"/><rect x="22" y="2" width="20" height="14" rx="4" fill="#8a8178"/>',
};

const NAMES = [...Object.keys(EMOTES), ...Array.from({ length: 20 }, (_, n) => `gel_${n + 1}`)];

const list = {
  emotes: NAMES.map((name) => ({
    name,
    url: `/emote/${name}.svg`,
    animated: name === 'clap',
    source: 'footlight',
  })),
};

/** An emote's picture. */
export function emotePicture(path: string): string {
  const name = path.slice('/emote/'.length).replace('.svg', '');
  const hue = (Number(name.replace('gel_', '')) * 47) % 360;
  const shape = EMOTES[name] ?? `<circle cx="32" cy="32" r="24" fill="hsl(${hue} 70% 60%)"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">${shape}</svg>`;
}

/** What the API says of chat; null: the path is about something else. */
export function answerChat(path: string): { status: number; body: unknown } | null {
  if (/\/channels\/[^/]+\/emotes$/.test(path)) return { status: 200, body: list };
  if (path === '/api/v1/me/whispers') return { status: 200, body: { from: 'answered' } };
  if (path.endsWith('/chat/actions')) return { status: 200, body: { actions: [] } };
  const [, name] = /\/chat\/people\/([^/]+)$/.exec(path) ?? [];
  if (name === undefined) return null;
  if (name === 'gone')
    return { status: 404, body: { code: 'user_unknown', message: 'Nobody is called that.' } };
  const hour = 3_600_000;
  return {
    status: 200,
    body: {
      ...{ id: `id-${name}`, name, color: null },
      roles: name === 'ada_runs' ? ['vip', 'follower'] : ['follower', 'member'],
      createdAt: 1,
      lastSeenAt: null,
      followedAt: Date.now() - 210 * 24 * hour,
      messages: ['no way this is half a second behind', 'the harbour looks unreal tonight'].map(
        (text, index) => ({ id: `r${index}`, at: Date.now() - index * hour, text }),
      ),
    },
  };
}
