/** What the edge that catches it must do is read from `status` and `retryable`, never from the text. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;

  /**
   * @param fault.code machine-readable, snake_case
   * @param fault.message one sentence that names the cause and the cure; shown to people
   * @param fault.status HTTP status the edge answers with
   */
  constructor(fault: {
    code: string;
    message: string;
    status?: number;
    retryable?: boolean;
    cause?: unknown;
  }) {
    super(fault.message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.name = 'AppError';
    this.code = fault.code;
    this.status = fault.status ?? 500;
    this.retryable = fault.retryable ?? false;
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Ends a switch over a union: the compiler refuses a missing arm. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
