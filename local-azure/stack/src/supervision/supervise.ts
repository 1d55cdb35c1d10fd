import { type KilledStart, startThoughKilled } from "./start-though-killed.ts";
import type { ServerEnd, Watch } from "./watch.ts";

interface Server {
  close(): Promise<unknown>;
}

interface SuperviseOptions<S extends Server> {
  readonly name: string;
  readonly watch: Watch;
  /** Starts it where it was before, if it was. */
  start(onEnd: (end: Omit<ServerEnd, "served">) => void): Promise<S>;
  /** Why a start failed. */
  explain(error: unknown): Omit<ServerEnd, "served">;
  /** The same, where its process was killed before it served. */
  killedStart(error: unknown): KilledStart;
}

interface Supervised<S extends Server> {
  /** As it was started first. */
  readonly server: S;
  close(): Promise<void>;
}

/** Starts a server, and starts it again whenever it ends by itself. That it fails at its first start is thrown. */
export async function supervise<S extends Server>(options: SuperviseOptions<S>): Promise<Supervised<S>> {
  const { name, watch } = options;
  let closed = false;
  let waiting: NodeJS.Timeout | undefined;
  /** The server, or the start of the next one; undefined while there is none. */
  let current: Promise<S | undefined>;

  const startOne = (): Promise<S> => options.start((end) => ended({ ...end, served: true }));
  const ended = (end: ServerEnd): void => {
    if (closed) return;
    current = Promise.resolve(undefined);
    const wait = watch.ended(name, end, { vital: true });
    if (wait !== undefined) waiting = setTimeout(startAgain, wait);
  };
  const startAgain = (): void => {
    current = startOne().then(
      (server) => {
        if (!closed) watch.up(name);
        return server;
      },
      (error: unknown) => {
        ended({ ...options.explain(error), served: false });
        return undefined;
      },
    );
  };

  const server = await startThoughKilled({ name, watch, start: startOne, killedStart: options.killedStart });
  current = Promise.resolve(server);
  return {
    server,
    async close() {
      closed = true;
      clearTimeout(waiting);
      await (await current)?.close();
    },
  };
}
