import { adjustDrain, answerDrain } from "../amqp/adjust.ts";
import type { RheaDelivery, RheaLink, RheaSender } from "../amqp/rhea.ts";
import { NoReplyLinkError } from "./end-errors.ts";
import type { LinkHandler } from "./link-handler.ts";

/** A reply on its way: what is sent, and who wants to know what became of it. */
interface OutgoingReply {
  readonly message: object;
  onSent(): void;
  /** The reply will never be sent. */
  onLost(error: unknown): void;
}

const unsettledMode = 0;

/** The links on which one connection takes its replies. */
export class ReplyLinks {
  readonly #links = new Set<ReplyLink>();

  open(link: RheaSender, address: string): LinkHandler {
    const opened = new ReplyLink(link, address, () => this.#links.delete(opened));
    this.#links.add(opened);
    return opened;
  }

  /**
   * Sends a reply on the link that fits the request: of its session, from its address and, where there are several, of
   * the name that it gives.
   */
  send(requests: RheaLink, address: string, replyTo: string | undefined, reply: OutgoingReply): void {
    const fitting = [...this.#links].filter((link) => link.fits(requests, address));
    const target = fitting.find((link) => link.name === replyTo) ?? fitting[0];
    if (target) target.send(reply);
    else reply.onLost(new NoReplyLinkError(address));
  }
}

/**
 * One link for replies. A reply waits here for the link's credit and for room in the session, and not in `rhea`, where
 * it would hold up all other links of the session.
 */
class ReplyLink implements LinkHandler {
  readonly sizeLimit = 0;
  readonly #link: RheaSender;
  readonly #address: string;
  readonly #onClosed: () => void;
  #waiting: OutgoingReply[] = [];
  #sent = 0;

  constructor(link: RheaSender, address: string, onClosed: () => void) {
    this.#link = link;
    this.#address = address;
    this.#onClosed = onClosed;
    adjustDrain(link);
  }

  get name(): string | undefined {
    return this.#link.target?.address;
  }

  fits(requests: RheaLink, address: string): boolean {
    return this.#link.session === requests.session && this.#address === address;
  }

  send(reply: OutgoingReply): void {
    this.#waiting.push(reply);
    this.#flush();
  }

  onFlow(): void {
    this.#flush();
    if (!this.#link._draining) return;
    this.#sent = this.#link.delivery_count + this.#link.credit;
    answerDrain(this.#link);
  }

  onRoom(): void {
    this.#flush();
  }

  /** The client has let go of a reply; it waits for nothing. */
  onDisposition(delivery: RheaDelivery): void {
    delivery.remote_settled = true;
    delivery.update(true);
  }

  onGone(): void {
    this.#onClosed();
    for (const reply of this.#waiting.splice(0)) reply.onLost(new NoReplyLinkError(this.#address));
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) {
      const reply = this.#waiting.shift();
      if (reply) this.#write(reply);
    }
  }

  #write(reply: OutgoingReply): void {
    try {
      const delivery = this.#link.send(reply.message);
      // Settled as it is sent, where the client leaves the choice: `rhea` holds what is not until the client says so.
      delivery.settled = this.#link.remote.attach.snd_settle_mode !== unsettledMode;
    } catch (error) {
      reply.onLost(error);
      return;
    }
    this.#sent++;
    reply.onSent();
  }

  #hasRoom(): boolean {
    const { delivery_count, credit, session } = this.#link;
    return delivery_count + credit - this.#sent > 0 && session.outgoing.deliveries.available() > 0;
  }
}
