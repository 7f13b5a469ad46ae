import { rounded } from '../result.ts';
import type { Sight } from './clock-reader.ts';
import { quantile } from './statistics.ts';

/** No new frame for longer than this is a stall anyone sees. */
const STALL_MS = 250;

export const p50 = (values: number[]): number | null => quantile(values, 0.5);
export const p95 = (values: number[]): number | null => quantile(values, 0.95);

/** Times without a new frame, wall ms, in order. */
export function stallsOf(sights: Sight[], until: number): { at: number; ms: number }[] {
  const stalls: { at: number; ms: number }[] = [];
  for (const [index, sight] of sights.entries()) {
    const next = sights[index + 1]?.at ?? until;
    if (next - sight.at > STALL_MS) {
      stalls.push({ at: sight.at, ms: next - sight.at });
    }
  }
  return stalls;
}

/** The figures of one stretch of watching. */
export function figuresOf(sights: Sight[], avOffsetsMs: number[], until: number) {
  const latencies = sights.map((sight) => sight.latencyMs);
  const stalls = stallsOf(sights, until);
  const offset = p50(avOffsetsMs);
  return {
    p50Ms: p50(latencies),
    p95Ms: p95(latencies),
    stalls: stalls.length,
    longestStallMs: rounded(Math.max(0, ...stalls.map((stall) => stall.ms)), 0),
    frames: sights.length,
    avOffsetMs: offset === null ? null : rounded(offset, 1),
    avOffsetWorstMs:
      avOffsetsMs.length === 0 ? null : rounded(p95(avOffsetsMs.map(Math.abs)) ?? 0, 1),
  };
}
