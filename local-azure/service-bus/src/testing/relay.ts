import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and the broker. */
interface Relay {
  /** Of the broker, but for the port, which is the relay's. */
  readonly connectionString: string;
  /** Has these bytes follow what the client says next, in one piece with it. */
  addToNext(bytes: Buffer): void;
  close(): Promise<void>;
}

/** Passes on what a client and the broker say to each other. @param connectionString the broker's */
export async function startRelay(connectionString: string, port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let addition: Buffer | undefined;
  const server = createServer((client) => {
    const broker = connect(port, "127.0.0.1");
    for (const socket of [client, broker]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.once("close", () => sockets.delete(socket));
      sockets.add(socket);
    }
    client.on("data", (chunk) => {
      broker.write(addition ? Buffer.concat([chunk, addition]) : chunk);
      addition = undefined;
    });
    client.on("close", () => broker.end());
    broker.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: own } = server.address() as AddressInfo;
  return {
    connectionString: connectionString.replace(`:${port};`, `:${own};`),
    addToNext(bytes) {
      addition = bytes;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
