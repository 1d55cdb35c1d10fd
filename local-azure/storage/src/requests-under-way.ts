import type { Server, ServerResponse } from "node:http";

/** The requests that a server has begun to answer. */
export interface RequestsUnderWay {
  /** Takes no more requests, and resolves when those under way have been answered, or given up by whoever sent them. */
  ended(): Promise<void>;
}

export function countRequests(server: Pick<Server, "on" | "removeAllListeners">): RequestsUnderWay {
  let count = 0;
  const onNone = new Set<() => void>();
  server.on("request", (_, response: ServerResponse) => {
    count += 1;
    response.once("close", () => {
      count -= 1;
      if (count > 0) return;
      for (const resolve of onNone) resolve();
      onNone.clear();
    });
  });
  return {
    ended() {
      server.removeAllListeners("request");
      return count === 0 ? Promise.resolve() : new Promise((resolve) => onNone.add(resolve));
    },
  };
}
