/**
 * PART-TARGET of one playlist: as many whole frames as fit the ceiling, so that every full part is
 * near it and none above. Frames longer than the ceiling stand alone.
 * @param frameMs nominal duration of one frame
 * @returns ms: whole where that still keeps the ceiling
 */
export function partTargetMs(ceilingMs: number, frameMs: number): number {
  const frames = Math.max(1, Math.floor(ceilingMs / frameMs + 1e-6));
  const exact = frames * frameMs;
  const whole = Math.ceil(exact - 1e-6);
  return whole <= Math.max(ceilingMs, exact) ? whole : exact;
}
