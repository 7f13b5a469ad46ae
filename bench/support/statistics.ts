/** The value below which the share lies (0 to 1), of values in any order; null for none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted[Math.max(0, index)] ?? null;
}

export const median = (values: readonly number[]): number | null => quantile(values, 0.5);

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** Milliseconds of the clock that all processes of one machine share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
