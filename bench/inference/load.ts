import { connect } from "node:net";

/** What a server is asked, again and again. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly clients: number;
  readonly milliseconds: number;
}

/** What it answered. */
export interface Answered {
  /** Latencies in milliseconds, in the order in which they were seen. */
  readonly latencies: readonly number[];
  /** Answers that were not 200. */
  readonly failed: number;
  readonly seconds: number;
}

const endOfHead = Buffer.from("\r\n\r\n");

/** The length of the first whole answer in a buffer, and its status; undefined where there is none yet. */
function firstAnswer(bytes: Buffer): { readonly status: number; readonly length: number } | undefined {
  const end = bytes.indexOf(endOfHead);
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`);
  const whole = end + endOfHead.length + length;
  return bytes.length < whole ? undefined : { status: Number(head.slice(9, 12)), length: whole };
}

/**
 * Asks over as many connections as there are clients, each one thing at a time, by the bytes of HTTP/1.1 themselves: a client that
 * costs more than the server would be what is measured.
 */
export async function load({ port, path, headers, body, clients, milliseconds }: Load): Promise<Answered> {
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Content-Length: ${body.byteLength}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ].join("\r\n");
  const request = Buffer.concat([Buffer.from(head), endOfHead, body]);
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const until = started + milliseconds;
  const client = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      let received: Buffer = Buffer.alloc(0);
      let sent = 0;
      const ask = (): void => {
        sent = performance.now();
        socket.write(request);
      };
      socket.on("connect", ask);
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const answer = firstAnswer(received);
        if (!answer) return;
        received = received.subarray(answer.length);
        const now = performance.now();
        latencies.push(now - sent);
        if (answer.status !== 200) failed += 1;
        if (now < until) ask();
        else socket.destroy();
      });
    });
  await Promise.all(Array.from({ length: clients }, client));
  return { latencies, failed, seconds: (performance.now() - started) / 1_000 };
}
