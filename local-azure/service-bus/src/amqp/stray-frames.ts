import type { Frame, RheaConnection } from "./rhea.ts";

const sessionFrames = ["on_end", "on_attach", "on_detach", "on_transfer", "on_disposition", "on_flow"] as const;

/**
 * Lets frames pass by that come on a channel whose session has ended. A client on `rhea` writes some: what it decides of
 * a message in the turn in which it ends the session, say. `rhea` as a server takes them for a breach of the protocol and
 * ends the connection, with all that goes on in other sessions.
 */
export function passOverEndedSessions(connection: RheaConnection): void {
  const begun = new Set<number>();
  const { on_begin } = connection;
  connection.on_begin = (frame: Frame<unknown>) => {
    on_begin.call(connection, frame);
    begun.add(frame.channel);
  };
  for (const name of sessionFrames) {
    const original = connection[name];
    connection[name] = (frame: Frame<unknown>) => {
      if (!connection.remote_channel_map[frame.channel] && begun.has(frame.channel)) return;
      original.call(connection, frame);
    };
  }
}
