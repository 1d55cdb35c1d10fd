import type { Duplex } from "node:stream";
import { type Grant, Grants } from "../access/access-policy.ts";
import { adjustSession, guardOutput, isCoordinator, type SessionHandlers, stopTimers } from "../amqp/adjust.ts";
import { FrameSocket } from "../amqp/frame-socket.ts";
import type {
  RheaConnection,
  RheaEvent,
  RheaLink,
  RheaReceiver,
  RheaSender,
  RheaSession,
  Typed,
} from "../amqp/rhea.ts";
import type { Broker } from "./broker.ts";
import { openConsumer } from "./consumer.ts";
import { openCoordinator } from "./coordinator.ts";
import { type ConnectionDoor, connectionOptions } from "./door.ts";
import { amqpError, type LinkHandler, refuse } from "./link-handler.ts";
import { openProducer } from "./producer.ts";
import { answerManagement, answerTokens, openResponder } from "./responder.ts";
import { Transactions } from "./transactions.ts";

const managementSuffix = "/$management";
const cbsAddress = "$cbs";

/** One client's connection: its tokens, its transactions, and a handler for each of its links. */
export class ClientConnection {
  readonly #broker: Broker;
  readonly #socket: FrameSocket;
  readonly #grants: Grants;
  readonly #transactions = new Transactions();
  readonly #handlers = new Map<RheaLink, LinkHandler>();
  readonly #oversize = new WeakMap<RheaLink, number>();
  readonly #transferStates = new WeakMap<RheaLink, Typed>();
  readonly #connection: RheaConnection;
  readonly #plainGrants: ReadonlyMap<string, Grant>;
  readonly #onGone: () => void;
  #gone = false;

  constructor(broker: Broker, door: ConnectionDoor, stream: Duplex, onGone: () => void) {
    this.#broker = broker;
    this.#plainGrants = door.plainGrants;
    this.#onGone = onGone;
    this.#grants = new Grants(broker.access, broker.clock);
    this.#socket = new FrameSocket(stream, broker.turn);
    this.#connection = door.container.create_connection(connectionOptions);
    guardOutput(this.#connection, (error) => this.fail(error));
    this.#listen();
    this.#connection.accept(this.#socket);
  }

  /** Tells the client why and ends the connection. */
  fail(error: unknown): void {
    if (this.#connection.is_open()) this.#connection.close(amqpError(error));
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#release();
  }

  /** Detaches the links whose tokens have expired. */
  checkAccess(): void {
    for (const [link, handler] of this.#handlers) {
      try {
        handler.requireAccess?.();
      } catch (error) {
        this.#drop(link);
        link.close(amqpError(error));
      }
    }
  }

  #listen(): void {
    const connection = this.#connection;
    this.#socket.on("malformed", (error: unknown) => this.fail(error));
    this.#socket.on("close", () => {
      stopTimers(connection);
      this.#release();
    });
    this.#socket.on("drain", () => {
      for (const handler of this.#handlers.values()) handler.onFlow?.();
    });
    connection.on("connection_open", () => {
      this.#socket.isOpen = true;
      this.#grantByPlain();
    });
    connection.on("connection_close", () => this.#release());
    connection.on("disconnected", () => this.#release());
    connection.on("session_open", ({ session }: RheaEvent) => adjustSession(session, this.#sessionHandlers));
    connection.on("session_close", ({ session }: RheaEvent) => this.#dropSession(session));
    connection.on("receiver_open", ({ receiver }: RheaEvent) =>
      this.#open(receiver, () => this.#openReceiver(receiver)),
    );
    connection.on("sender_open", ({ sender }: RheaEvent) => this.#open(sender, () => this.#openSender(sender)));
    connection.on("receiver_close", ({ receiver }: RheaEvent) => this.#drop(receiver));
    connection.on("sender_close", ({ sender }: RheaEvent) => this.#drop(sender));
    connection.on("sender_flow", ({ sender }: RheaEvent) => this.#handlers.get(sender)?.onFlow?.());
    connection.on("message", (event: RheaEvent) => this.#onMessage(event));
    connection.on("error", (error: unknown) => this.fail(error));
    connection.on("protocol_error", (error: unknown) => this.fail(error));
    for (const event of ["connection_error", "session_error", "receiver_error", "sender_error"]) {
      connection.on(event, () => {}); // each is followed by the "close" that is handled above
    }
  }

  readonly #sessionHandlers: SessionHandlers = {
    sizeLimit: (link) => this.#handlers.get(link)?.sizeLimit ?? 0,
    oversize: (link, size) => this.#oversize.set(link, size),
    transferState: (link, state) => {
      this.#oversize.delete(link);
      if (state) this.#transferStates.set(link, state);
      else this.#transferStates.delete(link);
    },
    disposition: (delivery, state, settled) =>
      this.#handlers.get(delivery.link)?.onDisposition?.(delivery, state, settled),
    flow: (session) => {
      for (const [link, handler] of this.#handlers) if (link.session === session) handler.onRoom?.();
    },
  };

  #onMessage({ receiver, delivery, message }: RheaEvent): void {
    const state = this.#transferStates.get(receiver);
    this.#handlers.get(receiver)?.onMessage?.(message, delivery, this.#oversize.get(receiver), state);
  }

  #open(link: RheaLink, open: () => LinkHandler | undefined): void {
    const { attach } = link.local;
    attach.snd_settle_mode = link.remote.attach.snd_settle_mode;
    attach.rcv_settle_mode = link.remote.attach.rcv_settle_mode;
    link.set_source(link.source?.address ? { address: link.source.address } : {});
    link.set_target(link.target?.address ? { address: link.target.address } : {});
    try {
      const handler = open();
      if (handler) this.#handlers.set(link, handler);
    } catch (error) {
      refuse(link, error);
    }
  }

  #openReceiver(link: RheaReceiver): LinkHandler {
    if (isCoordinator(link)) return openCoordinator(this.#broker, link, this.#transactions);
    const address = link.target?.address ?? "";
    if (address === cbsAddress)
      return openResponder(this.#broker, link, address, answerTokens(this.#broker, this.#grants));
    if (address.endsWith(managementSuffix)) {
      return openResponder(this.#broker, link, address, answerManagement(this.#broker, this.#grants, address));
    }
    return openProducer(this.#broker, link, address, this.#grants, this.#transactions);
  }

  /** The links of replies need no handler: the link of the requests finds them. */
  #openSender(link: RheaSender): LinkHandler | undefined {
    const address = link.source?.address ?? "";
    if (address === cbsAddress) return undefined;
    if (address.endsWith(managementSuffix)) {
      answerManagement(this.#broker, this.#grants, address); // throws where there is no such entity
      return undefined;
    }
    const around = {
      broker: this.#broker,
      grants: this.#grants,
      transactions: this.#transactions,
      socket: this.#socket,
    };
    return openConsumer(around, link, address);
  }

  /** A client that named itself by SASL PLAIN puts no tokens: its key speaks for it. */
  #grantByPlain(): void {
    const username = this.#connection.sasl_transport?.selected?.username;
    const grant = username === undefined ? undefined : this.#plainGrants.get(username);
    if (grant) this.#grants.add(grant);
  }

  #drop(link: RheaLink): void {
    const handler = this.#handlers.get(link);
    this.#handlers.delete(link);
    handler?.onGone();
  }

  #dropSession(session: RheaSession): void {
    for (const link of [...this.#handlers.keys()]) if (link.session === session) this.#drop(link);
  }

  #release(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const link of [...this.#handlers.keys()]) this.#drop(link);
    this.#onGone();
  }
}
