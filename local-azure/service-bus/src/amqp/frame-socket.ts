import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { FrameGate } from "./frame-gate.ts";
import type { Turn } from "./turn.ts";

const emptyFrame = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);
/** Beyond this a peer is not reading, and nothing more is handed out to it until it does. */
const congestedFromBytes = 4 * 1024 * 1024;

/**
 * Stands between a byte stream (TCP, TLS, WebSocket) and `rhea`, as the socket that `rhea` sees.
 *
 * Inward: only whole, well-formed frames. Outward: gathered until the turn of the event loop ends. After a turn with input and no
 * output it writes an empty frame: without it the kernel delays its acknowledgement by 40 ms, and a client that leaves
 * Nagle's algorithm on (as the SDK does) holds back its next small frame for as long.
 */
export class FrameSocket extends EventEmitter {
  readonly #stream: Duplex;
  readonly #turn: Turn;
  readonly #gate = new FrameGate();
  #pending: Buffer[] = [];
  #owesAcknowledgement = false;
  #ended = false;
  #announced = 0;
  /** Set once both sides have exchanged `open`: before, an empty frame would be out of place. */
  isOpen = false;

  constructor(stream: Duplex, turn: Turn) {
    super();
    this.#stream = stream;
    this.#turn = turn;
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("error", (error) => this.emit("error", error));
    stream.on("end", () => this.emit("end"));
    stream.on("close", () => this.emit("close"));
    stream.on("drain", () => this.emit("drain"));
  }

  get isCongested(): boolean {
    return this.#stream.writableLength + this.#announced > congestedFromBytes;
  }

  /** Counts bytes that `rhea` has been given and will write before this turn ends. */
  announce(bytes: number): void {
    this.#announced += bytes;
  }

  get_id_string(): string {
    return "client";
  }

  setNoDelay(): void {}

  write(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#turn.flushAtEnd(this.#flush);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#turn.flushAtEnd(this.#flush);
  }

  destroy(): void {
    this.#stream.destroy();
  }

  readonly #flush = (isLast: boolean): void => {
    if (this.#stream.destroyed) return;
    if (this.#pending.length === 0) {
      if (!isLast) return;
      if (this.#owesAcknowledgement && this.isOpen && !this.#ended) this.#pending.push(emptyFrame);
    }
    this.#owesAcknowledgement = false;
    const wasCongested = this.isCongested;
    this.#announced = 0;
    if (this.#pending.length > 0) {
      this.#stream.write(this.#pending.length === 1 ? this.#pending[0] : Buffer.concat(this.#pending));
    }
    this.#pending = [];
    if (wasCongested && !this.isCongested) this.emit("drain");
    if (isLast && this.#ended) this.#stream.end();
  };

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      const frames = this.#gate.push(chunk);
      if (frames.length > 0) this.emit("data", frames);
    } catch (error) {
      this.emit("malformed", error);
      return;
    }
    this.#owesAcknowledgement = true;
    this.#turn.flushAtEnd(this.#flush);
  }
}
