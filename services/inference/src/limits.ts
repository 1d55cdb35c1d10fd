const mebibyte = 1024 * 1024;

/** What a server takes on. Beyond it a request is told so, rather than slow all others down. */
export interface Limits {
  /** Of one request, as it comes and as it is when inflated. */
  readonly bodyBytes: number;
  /** Of all requests that are being read or worked on. */
  readonly bytesInFlight: number;
  /** Of one request. */
  readonly rows: number;
  /** Bodies beyond it are parsed and run beside the event loop, in a thread: nobody waits behind them. */
  readonly inlineBytes: number;
  /** Requests that wait for the model. */
  readonly waiting: number;
  /** Large requests that wait for a thread. */
  readonly waitingLarge: number;
  /** How long a request may take from when it has come, in milliseconds. */
  readonly patience: number;
  /** How many threads work on large requests at once. */
  readonly threads: number;
}

/** As a server on a machine of that many cores has them. */
export const usualLimits = (cores: number): Limits => ({
  bodyBytes: 64 * mebibyte,
  bytesInFlight: 256 * mebibyte,
  rows: 100_000,
  inlineBytes: mebibyte / 8,
  waiting: 4_096,
  waitingLarge: 64,
  patience: 30_000,
  threads: Math.max(1, Math.min(cores, 8)),
});
