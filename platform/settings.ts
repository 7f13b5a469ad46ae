import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/**
 * The kinds of settings. Each takes the text from the environment (undefined: not set) and has a
 * message that reads on after the setting's name: what is wrong, and what to set instead.
 */
const text = (message: string, isValid: (value: string) => boolean) =>
  z.string().refine(isValid, { error: (issue) => `${quoted(issue.input)} ${message}` });

const quoted = (value: unknown): string => `is ${JSON.stringify(String(value)).slice(0, 80)}, and`;

/** A whole number of at least `min` and at most `max`; `preset` when not set. */
export const wholeNumber = (range: { min: number; max: number; preset: number }) =>
  text(
    `must be a whole number from ${range.min} to ${range.max}. Leave it out for ${range.preset}.`,
    (value) => /^\d{1,9}$/.test(value) && +value >= range.min && +value <= range.max,
  )
    .transform(Number)
    .default(range.preset);

export const port = (preset: number) => wholeNumber({ min: 1, max: 65_535, preset });

/** An IP address or a host name. */
export const host = (preset: string | null) =>
  text(
    'must be an IP address or a host name, without a port.',
    (value) => isIP(value) > 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value),
  )
    .nullable()
    .default(preset);

export const path = (preset: string | null) => z.string().nullable().default(preset);

/** `http://` or `https://` with a host; no query. The slash at the end goes. */
export const httpUrl = () =>
  text('must be a URL such as https://live.example.org, without a query.', (value) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    return (
      url !== null &&
      ['http:', 'https:'].includes(url.protocol) &&
      url.search + url.hash + url.username === ''
    );
  })
    .transform((value) => value.replace(/\/+$/, ''))
    .nullable()
    .default(null);

/** The URL of a Redis or Postgres server: may hold a password, so a fault never repeats it. */
export const storeUrl = (protocols: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: `must be a URL that begins with ${protocols.map((name) => `${name}//`).join(' or ')}.`,
    })
    .nullable()
    .default(null);

export const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  preset: T[number],
) =>
  z
    .enum(values, {
      error: (issue) =>
        `${quoted(issue.input)} must be one of ${values.join(', ')}. Leave it out for ${preset}.`,
    })
    .default(preset as z.util.NoUndefined<T[number]>);

/** `all`, or a comma list of names. */
export const services = <T extends string>(names: readonly T[]) => {
  const isName = (name: string): boolean => names.some((one) => one === name);
  const split = (value: string) => value.split(',').map((name) => name.trim());
  return text(
    `must be \`all\` or a comma list of ${names.join(', ')}.`,
    (value) => value === 'all' || split(value).every(isName),
  )
    .transform((value) =>
      value === 'all' ? [...names] : names.filter((name) => split(value).includes(name)),
    )
    .default([...names]);
};

const isNetwork = (value: string): boolean => {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
    return /^\d+$/.test(prefix);
  } catch {
    return false;
  }
};
const splitList = (value: string) => value.split(',').map((part) => part.trim());

/** A comma list of addresses and networks such as `10.0.0.0/8`. */
export const networks = () =>
  text('must be a comma list of networks such as 10.0.0.0/8.', (value) =>
    splitList(value).every(isNetwork),
  )
    .transform(splitList)
    .default([]);

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** What express calls `trust proxy`: a number of proxies, or their addresses. */
export const trustProxy = () =>
  text(
    'must be the number of proxies in front (such as 1), or a comma list of their addresses, networks or the words loopback, linklocal, uniquelocal.',
    (value) =>
      /^(true|false|\d{1,2})$/.test(value) ||
      splitList(value).every((part) => PROXY_NAMES.includes(part) || isNetwork(part)),
  )
    .transform((value) => (value === 'false' || value === '0' ? null : value))
    .nullable()
    .default(null);

const RUNG = /^(\d{3,4})p@(\d{2,6})k$/;

export interface LadderRung {
  /** Shorter side in pixels. */
  lines: number;
  /** Bits a second. */
  bitrate: number;
}

/** The rungs below the source that LADDER asks for; null: it says something else. */
export function parseLadder(value: string): LadderRung[] | null {
  if (value === 'source') return [];
  const rungs: LadderRung[] = [];
  for (const rung of splitList(value)) {
    const [, lines, kilobits] = RUNG.exec(rung) ?? [];
    if (lines === undefined || kilobits === undefined) return null;
    rungs.push({ lines: Number(lines), bitrate: Number(kilobits) * 1000 });
  }
  return new Set(rungs.map(({ lines }) => lines)).size === rungs.length ? rungs : null;
}

/** `source` alone, or rungs `HEIGHTp@KBITSk`, no height twice. */
export const ladder = () =>
  text(
    'must be `source`, or a comma list of rungs such as 720p@2500k,360p@600k.',
    (value) => parseLadder(value) !== null,
  )
    .transform(parseLadder)
    .nullable()
    .default(null);
