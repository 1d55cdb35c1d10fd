import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { type ForeignRequestError, plainTextAnswer, refuseForeign } from "@local-azure/http";
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
  /** Whether plain text is served beside TLS. */
  readonly plain: boolean;
  /** Whether it is for this machine alone: what comes from foreign pages is refused. */
  readonly own: boolean;
  /** How long a client may take to say what it speaks, in milliseconds. */
  readonly patienceMs: number;
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

/** The header of the one protocol that is spoken, as AMQP 1.0 (2.2) has it for who comes with another: AMQP over TLS. */
const amqpOverTls = Buffer.from("AMQP\x02\x01\x00\x00", "latin1");
const webSocketPath = "/$servicebus/websocket";
const webSocketProtocol = "AMQPWSB10";

/**
 * Serves AMQP, AMQP over TLS, AMQP over WebSockets, HTTP and HTTPS on one port, told apart by their first bytes.
 * @throws {PortInUseError} when somebody else listens already.
 */
export async function listenOnOnePort(options: OnePortOptions): Promise<OnePort> {
  const { host, port, tls, plain, own, patienceMs, onAmqp, onHttp } = options;
  const secureContext = tls && createSecureContext({ cert: tls.cert, key: tls.key });
  const sockets = new Set<Socket>();
  const http = createHttpServer(onHttp);
  acceptWebSockets(http, onAmqp, own);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.setNoDelay(true);
    welcome(socket, secureContext);
  });

  function welcome(stream: Duplex, secure: SecureContext | undefined): void {
    sniff(stream, patienceMs, (spoken) => {
      if (spoken !== "tls" && secure && !plain) stream.end(spoken === "amqp" ? amqpOverTls : plainTextAnswer);
      else if (spoken === "amqp") onAmqp(stream);
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

function acceptWebSockets(http: HttpServer, onAmqp: (stream: Duplex) => void, own: boolean): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
  });
  http.on("upgrade", (request, socket, head) => {
    try {
      if (own) refuseForeign(request.headers);
    } catch (error) {
      const { status, message } = error as ForeignRequestError;
      const length = Buffer.byteLength(message);
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${message}`);
      return;
    }
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
