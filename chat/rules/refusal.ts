import { AppError } from '../../platform/errors.ts';

/** A wish that is not granted: told to its author as `refused`, and the text stays in the box. */
export class Refusal extends AppError {
  /** When it may be tried again; null: not by waiting. */
  readonly retryAfterMs: number | null;

  constructor(fault: { code: string; message: string; retryAfterMs?: number; status?: number }) {
    super({ ...fault, status: fault.status ?? 403 });
    this.name = 'Refusal';
    this.retryAfterMs = fault.retryAfterMs ?? null;
  }
}
