/** Runs of chat writes that held the event loop for more than 20 ms, as the server counted them. */
export async function countLongFlushes(httpUrl: string): Promise<number | null> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  const bucket = (le: string) =>
    Number(
      new RegExp(`^footlight_chat_flush_seconds_bucket\\{le="${le}"\\} (\\d+)`, 'm').exec(
        text,
      )?.[1],
    );
  const long = bucket('\\+Inf') - bucket('0\\.02');
  return Number.isNaN(long) ? null : long;
}
