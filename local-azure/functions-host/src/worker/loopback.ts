import { Server } from "node:net";

/**
 * Runs `work` and binds every server that it starts without an address to 127.0.0.1. The library's
 * streaming server listens on all interfaces; on a developer's machine nobody else should reach it.
 */
export async function loopbackServers<T>(work: () => Promise<T>): Promise<T> {
  const listen = Server.prototype.listen;
  Server.prototype.listen = new Proxy(listen, {
    apply: (target, self, args: unknown[]) =>
      Reflect.apply(target, self, typeof args[0] === "function" ? [0, "127.0.0.1", ...args] : args),
  });
  try {
    return await work();
  } finally {
    Server.prototype.listen = listen;
  }
}
