/**
 * Why a chat socket was closed. 4000-4499: come back, with backoff and jitter; 4500-4999: do not,
 * until something about the request changes.
 */
export const CLOSE = {
  /** The node stops: another one is there, or this one again soon. */
  goingAway: 4000,
  /** Its queue was full: it read too slowly. */
  tooSlow: 4001,
  /** Three pings without an answer. */
  silent: 4002,
  /** The house behind the socket does not answer just now. */
  unavailable: 4003,
  /** Too many sockets of this address, or here. */
  tooMany: 4004,
  /** More frames a second than anybody types. */
  flooding: 4005,
  /** The token ran out while connected. */
  tokenExpired: 4006,
  /** What was sent is no message of this protocol. */
  badMessage: 4500,
  /** No `hello` within the time. */
  noHello: 4501,
  /** The token is forged, revoked or of another house. */
  badToken: 4502,
  /** Banned in this channel. */
  banned: 4503,
  /** There is no such channel. */
  noChannel: 4504,
  /** A page of another site. */
  badOrigin: 4505,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

export const comesBack = (code: number): boolean => code < 4500 || code > 4999;
