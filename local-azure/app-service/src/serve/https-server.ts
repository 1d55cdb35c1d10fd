import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TlsMaterial } from "@local-azure/functions-host";
import { answerPlainText } from "@local-azure/http";

export interface HttpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves https on 127.0.0.1; on the port asked for if it is free, else on another. */
export async function startHttpsServer(
  tls: TlsMaterial,
  preferredPort: number,
  handle: RequestListener,
): Promise<HttpsServer> {
  const server = createServer({ cert: tls.cert, key: tls.key }, handle);
  answerPlainText(server);
  // A large package may take its time, and a client's pooled connection is best closed by the client.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  await listen(server, preferredPort).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" || preferredPort === 0) throw error;
    return listen(server, 0);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
