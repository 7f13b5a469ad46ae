/** What `main.ts` starts and stops. `stop` is idempotent and ends everything `start` made. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One word for `/readyz`: `ok`, or what is missing. */
  readiness(): string;
}
