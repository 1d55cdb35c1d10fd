import type { Duplex } from "node:stream";

/** What a client speaks, by the first bytes that it sends. */
type Spoken = "amqp" | "tls" | "http";

const tlsHandshake = 0x16;
/**
 * Waits for a stream's first bytes, puts them back, and says what they are. The stream is left paused. A client that connects
 * and then says nothing is let go.
 */
export function sniff(stream: Duplex, patienceMs: number, onKnown: (spoken: Spoken) => void): void {
  const giveUp = setTimeout(() => stream.destroy(), patienceMs);
  const stop = () => clearTimeout(giveUp);
  stream.once("close", stop);
  stream.on("error", () => stream.destroy()); // a broken socket is no error of ours
  let held: Buffer = Buffer.alloc(0);
  const onReadable = () => {
    for (let chunk = stream.read(); chunk; chunk = stream.read()) held = Buffer.concat([held, chunk]);
    const spoken = recognise(held);
    if (!spoken) return;
    stop();
    stream.off("readable", onReadable);
    stream.unshift(held);
    onKnown(spoken);
  };
  stream.on("readable", onReadable);
}

function recognise(bytes: Buffer): Spoken | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === tlsHandshake) return "tls";
  const start = bytes.toString("latin1", 0, 4);
  if (start === "AMQP") return "amqp";
  return "AMQP".startsWith(start) ? undefined : "http";
}
