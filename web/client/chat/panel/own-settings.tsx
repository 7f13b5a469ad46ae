import { useEffect, useId, useState } from 'react';
import { whisperPreferenceSchema } from '../../../../platform/protocol/chat/api.ts';
import { callApi } from '../../events/api-client.ts';
import { authorColor } from './author-color.ts';
import { sendJson } from './chat-api.ts';
import { usePanel } from './panel-context.ts';
import { isSignedIn } from './ranks.ts';
import { useChat } from './use-chat.ts';

/** Of the person, not of the browser: the server keeps them. */
export function OwnSettings() {
  const { client } = usePanel();
  const you = useChat(client, (state) => state.you);
  if (you === null || !isSignedIn(you.roles)) return null;
  return (
    <section className="chat-own" aria-label="About you">
      <h4>About you</h4>
      <OwnColor id={you.id} color={you.color} />
      <Whispers />
    </section>
  );
}

function OwnColor({ id, color }: { id: string; color: string | undefined }) {
  const field = useId();
  const [chosen, setChosen] = useState(color ?? authorColor({ id }));
  const [said, setSaid] = useState('');
  const keep = () =>
    sendJson('PATCH', '/api/v1/me', { color: chosen }).then(
      () => setSaid('Kept. New messages have it.'),
      (error: Error) => setSaid(error.message),
    );
  return (
    <div className="chat-switch-line">
      <span className="chat-switch-words">
        <label htmlFor={field}>Colour of your name</label>
        <small role="status">{said || 'Made lighter where it could not be read.'}</small>
      </span>
      <input
        id={field}
        type="color"
        className="chat-color"
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
        onBlur={() => {
          if (chosen !== (color ?? authorColor({ id }))) void keep();
        }}
      />
    </div>
  );
}

const PATH = '/api/v1/me/whispers';
const FROM = [
  ['nobody', 'Nobody'],
  ['answered', 'People I whispered to'],
  ['everyone', 'Everybody'],
] as const;

function Whispers() {
  const field = useId();
  const [from, setFrom] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const left = new AbortController();
    callApi(PATH, { signal: left.signal }).then(
      (body) => setFrom(whisperPreferenceSchema.safeParse(body).data?.from ?? null),
      () => {},
    );
    return () => left.abort();
  }, []);
  if (from === null) return null;
  const change = async (next: string) => {
    try {
      await sendJson('PUT', PATH, { from: next });
      setFrom(next);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'It was not changed.');
    }
  };
  return (
    <div className="chat-whispers-from">
      <label htmlFor={field}>Who may whisper to you</label>
      <select
        id={field}
        className="chat-field"
        value={from}
        onChange={(event) => void change(event.target.value)}
      >
        {FROM.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {problem !== '' && <p role="alert">{problem}</p>}
    </div>
  );
}
