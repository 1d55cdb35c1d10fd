import type { ServerEnd, Watch } from "./watch.ts";

/** How the process of a server was killed before it served; undefined where the server failed by itself. */
export type KilledStart = Omit<ServerEnd, "served"> | undefined;

interface StartOptions<S> {
  readonly name: string;
  readonly watch: Watch;
  start(): Promise<S>;
  killedStart(error: unknown): KilledStart;
}

/**
 * Starts a server. One whose process is killed before it serves is started again, as it would be a moment later, and given up as
 * often as that. Any other reason is thrown: a server that cannot start is the error of the start.
 */
export async function startThoughKilled<S>({ name, watch, start, killedStart }: StartOptions<S>): Promise<S> {
  for (;;) {
    try {
      const server = await start();
      watch.up(name);
      return server;
    } catch (error) {
      const end = killedStart(error);
      if (!end || watch.ended(name, { ...end, served: false }, { vital: true, retryInMs: 0 }) === undefined)
        throw error;
    }
  }
}
