import type { ProcessDescription } from "@local-azure/processes";

/** Something about one of the servers that whoever runs the local Azure should know. */
export type ServerReport =
  /** It ended by itself, or did not start again, and is started again in a moment. */
  | { readonly kind: "down"; readonly server: string; readonly reason: string; readonly retryInMs: number }
  /** It goes on ending. It is still tried, and nothing more is said of it until it is up. */
  | { readonly kind: "failing"; readonly server: string; readonly reason: string; readonly output: readonly string[] }
  | { readonly kind: "up"; readonly server: string; readonly downMs: number }
  /** Another program has the port that it had in this folder: its address is a new one. */
  | { readonly kind: "moved"; readonly server: string; readonly port: number; readonly holder?: ProcessDescription };

/** A server that the rest cannot do without has failed for good; the message says how. */
export class ServerFailedError extends Error {
  override readonly name = "ServerFailedError";
  readonly server: string;
  /** The last lines that it wrote, oldest first. */
  readonly output: readonly string[];

  constructor(server: string, message: string, { output = [], ...options }: ServerFailedOptions = {}) {
    super(message, options);
    this.server = server;
    this.output = output;
  }
}

interface ServerFailedOptions extends ErrorOptions {
  readonly output?: readonly string[];
}
