import { AppError } from '../../platform/errors.ts';

/** Whether the entry was kept is not known; the same client id finds out. */
export const chatUnavailable = (cause: unknown): AppError =>
  new AppError({
    code: 'chat_unavailable',
    message: 'The chat cannot keep messages at the moment. Send it again in a few seconds.',
    status: 503,
    retryable: true,
    cause,
  });
