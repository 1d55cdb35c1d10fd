import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";
import { sniff } from "./sniff.ts";

/** PEM texts of a server's certificate and key. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
}

interface OnePortOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: TlsOptions | undefined;
  /** A client that speaks AMQP, over whichever transport. */
  readonly onAmqp: (stream: Duplex) => void;
  readonly onHttp: RequestListener;
}

interface OnePort {
  readonly port: number;
  close(): Promise<void>;
}

/** Somebody else listens where the namespace should. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";

  constructor(host: string, port: number) {
    super(`Port ${port} of ${host} is in use; name another, or 0 for one that is free.`);
  }
}

const webSocketPath = "/$servicebus/websocket";
const webSocketProtocol = "AMQPWSB10";

/**
 * Serves AMQP, AMQP over TLS, AMQP over WebSockets, HTTP and HTTPS on one port, told apart by their first bytes.
 * @throws {PortInUseError} when somebody else listens already.
 */
export async function listenOnOnePort(options: OnePortOptions): Promise<OnePort> {
  const { host, port, tls, onAmqp, onHttp } = options;
  const secureContext = tls && createSecureContext({ cert: tls.cert, key: tls.key });
  const sockets = new Set<Socket>();
  const http = createHttpServer(onHttp);
  acceptWebSockets(http, onAmqp);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.setNoDelay(true);
    welcome(socket, secureContext);
  });

  function welcome(stream: Duplex, secure: SecureContext | undefined): void {
    sniff(stream, (spoken) => {
      if (spoken === "amqp") onAmqp(stream);
      else if (spoken === "http") http.emit("connection", stream);
      else if (secure) welcome(secured(stream, secure), undefined);
      else stream.destroy(); // TLS without a certificate, or TLS within TLS
    });
  }

  await listening(server, port, host).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE" ? new PortInUseError(host, port) : error;
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      http.close();
      await closed;
    },
  };
}

function secured(stream: Duplex, secureContext: SecureContext): TLSSocket {
  const socket = new TLSSocket(stream, { isServer: true, secureContext });
  socket.on("error", () => stream.destroy());
  return socket;
}

function acceptWebSockets(http: ReturnType<typeof createHttpServer>, onAmqp: (stream: Duplex) => void): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
  });
  http.on("upgrade", (request, socket, head) => {
    const path = request.url?.split("?")[0]?.replace(/\/$/, "").toLowerCase();
    if (path !== webSocketPath) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      stream.on("error", () => webSocket.terminate());
      onAmqp(stream);
    });
  });
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
