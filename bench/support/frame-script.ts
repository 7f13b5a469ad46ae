import type { CDPSession } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  /** CPU time of the thread: what others do on the machine does not count. */
  tdur?: number;
}

const SCRIPT = new Set([
  'FunctionCall',
  'FireAnimationFrame',
  'TimerFire',
  'RunMicrotasks',
  'v8.run',
]);

/** Ms of script of each frame that has any while `act` runs, whatever called it. */
export async function scriptPerFrame(
  devtools: CDPSession,
  act: () => Promise<void>,
): Promise<number[]> {
  const events: TraceEvent[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
  await devtools.send('Tracing.start', {
    categories: 'devtools.timeline',
    transferMode: 'ReportEvents',
  });
  await act();
  await devtools.send('Tracing.end');
  await complete;
  return framesOf(events.filter(({ name, ph }) => ph === 'X' && SCRIPT.has(name)));
}

/** A frame ends with its animation callbacks. */
function framesOf(events: TraceEvent[]): number[] {
  const drawing = events.find(({ name }) => name === 'FireAnimationFrame')?.tid;
  const own = events.filter(({ tid }) => tid === drawing).sort((a, b) => a.ts - b.ts);
  const frames: number[] = [];
  let ms = 0;
  let coveredUntil = 0;
  for (const { name, ts, dur = 0, tdur = 0 } of own) {
    // What lies within another one is counted with that.
    if (ts < coveredUntil) continue;
    coveredUntil = ts + dur;
    ms += tdur / 1_000;
    if (name !== 'FireAnimationFrame') continue;
    frames.push(ms);
    ms = 0;
  }
  return frames;
}
