const two = (value: number) => String(value).padStart(2, '0');

/** `4:05`, `1:04:05`. */
export function formatUptime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${two(minutes)}:${rest}`;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 hours ago`; under a minute: `just now`. */
export function formatAgo(at: number, now: number): string {
  const gone = now - at;
  const step = STEPS.find(([, ms]) => gone >= ms);
  if (step === undefined) return 'just now';
  const [unit, ms] = step;
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(
    -Math.floor(gone / ms),
    unit,
  );
}
