import type { Server } from "node:https";
import type { Socket } from "node:net";

const words = "This port speaks TLS: ask by https.\n";
export const plainTextAnswer = [
  "HTTP/1.1 400 Bad Request",
  "Content-Type: text/plain; charset=utf-8",
  `Content-Length: ${words.length}`,
  "Connection: close",
  "",
  words,
].join("\r\n");

/** Has a server tell who speaks plain HTTP to it that it speaks https; by itself it hangs up without a word. */
export function answerPlainText(server: Server): void {
  // What TLS has taken over cannot be written to in plain text but by the socket below it.
  const below = new Map<number | undefined, Socket>();
  server.on("connection", (socket: Socket) => {
    const { remotePort } = socket;
    below.set(remotePort, socket);
    socket.once("close", () => below.delete(remotePort));
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ERR_SSL_HTTP_REQUEST") below.get(socket.remotePort)?.end(plainTextAnswer);
  });
}
