const CC_COUNT = 0x1f;
const CC_VALID = 0x04;
const CC_TYPE = 0x03;
const FIELD_ONE = 0;
const WITHOUT_PARITY = 0x7f;

/**
 * What one picture carries of field 1, where CC1 is: bytes without parity and without padding.
 *
 * @param bytes cc_data from its count on (ANSI/CTA-708, 4.4)
 */
export function fieldOne(bytes: Uint8Array): number[] {
  const pairs: number[] = [];
  const count = (bytes[0] ?? 0) & CC_COUNT;
  for (let at = 2; at < 2 + count * 3; at += 3) {
    const [head = 0, first = 0, second = 0] = bytes.subarray(at, at + 3);
    const pair = [first & WITHOUT_PARITY, second & WITHOUT_PARITY];
    const isOurs = (head & CC_VALID) !== 0 && (head & CC_TYPE) === FIELD_ONE;
    if (isOurs && pair.some((byte) => byte !== 0)) pairs.push(...pair);
  }
  return pairs;
}
