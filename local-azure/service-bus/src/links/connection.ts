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
import { passOverEndedSessions } from "../amqp/stray-frames.ts";
import type { Journal } from "../queue/journal.ts";
import type { Broker } from "./broker.ts";
import { openConsumer } from "./consumer.ts";
import { openCoordinator } from "./coordinator.ts";
import { type ConnectionDoor, connectionOptions } from "./door.ts";
import { ForcedEndError, FrameTooSmallError, SilentClientError, UnattachedHandleError } from "./end-errors.ts";
import { amqpError, type LinkHandler, refuse } from "./link-handler.ts";
import { openProducer } from "./producer.ts";
import { ReplyLinks } from "./replies.ts";
import { answerManagement, answerTokens, openResponder } from "./responder.ts";
import { Transactions } from "./transactions.ts";

const managementSuffix = "/$management";
const cbsAddress = "$cbs";
/** What AMQP lets nobody go below. */
const smallestMaxFrameBytes = 512;
/** How long a client that was told of the end may take to hang up, in milliseconds. */
const farewellMs = 1000;

/** One client's connection: its tokens, its transactions, and a handler for each of its links. */
export class ClientConnection {
  readonly #broker: Broker;
  readonly #socket: FrameSocket;
  readonly #grants: Grants;
  readonly #transactions = new Transactions();
  readonly #replies = new ReplyLinks();
  readonly #handlers = new Map<RheaLink, LinkHandler>();
  readonly #oversize = new WeakMap<RheaLink, number>();
  readonly #transferStates = new WeakMap<RheaLink, Typed>();
  readonly #connection: RheaConnection;
  readonly #plainGrants: ReadonlyMap<string, Grant>;
  readonly #onGone: () => void;
  #isEnding = false;
  #gone = false;

  constructor(broker: Broker, door: ConnectionDoor, stream: Duplex, onGone: () => void) {
    this.#broker = { ...broker, journal: this.#guarded(broker.journal) };
    this.#plainGrants = door.plainGrants;
    this.#onGone = onGone;
    this.#grants = new Grants(broker.access, broker.clock);
    this.#socket = new FrameSocket(stream, broker.turn);
    this.#connection = door.container.create_connection(connectionOptions);
    guardOutput(this.#connection, (error) => this.fail(error));
    passOverEndedSessions(this.#connection);
    this.#connection.idle = () => this.fail(new SilentClientError());
    this.#listen();
    this.#connection.accept(this.#socket);
  }

  /** Whether the client has opened it, or is gone. */
  get isOpen(): boolean {
    return this.#socket.isOpen || this.#gone;
  }

  /** Tells the client why and ends the connection; first of all those who wait for an answer. */
  fail(error: unknown): void {
    if (this.#connection.is_open() && !this.#isEnding) {
      const { condition, description } = amqpError(error);
      const reason = new ForcedEndError(`${description} (${condition})`);
      for (const handler of this.#handlers.values()) handler.onEnding?.(reason);
      if (!isJavaScriptSdk(this.#connection)) this.#connection.close(amqpError(reason));
    }
    this.#isEnding = true;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), farewellMs).unref();
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
      const { max_frame_size } = connection;
      if (typeof max_frame_size === "number" && max_frame_size < smallestMaxFrameBytes) {
        this.fail(new FrameTooSmallError(max_frame_size, smallestMaxFrameBytes));
      }
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
    unattached: (session, handle) => {
      this.#dropSession(session);
      session.close(amqpError(new UnattachedHandleError(handle)));
    },
    flow: (session) => {
      for (const [link, handler] of this.#handlers) if (link.session === session) handler.onRoom?.();
    },
  };

  #onMessage({ receiver, delivery, message }: RheaEvent): void {
    const state = this.#transferStates.get(receiver);
    this.#handlers.get(receiver)?.onMessage?.(message, delivery, this.#oversize.get(receiver), state);
  }

  #open(link: RheaLink, open: () => LinkHandler): void {
    const { attach } = link.local;
    attach.snd_settle_mode = link.remote.attach.snd_settle_mode;
    attach.rcv_settle_mode = link.remote.attach.rcv_settle_mode;
    link.set_source(link.source?.address ? { address: link.source.address } : {});
    link.set_target(link.target?.address ? { address: link.target.address } : {});
    try {
      this.#handlers.set(link, open());
    } catch (error) {
      refuse(link, error);
    }
  }

  #openReceiver(link: RheaReceiver): LinkHandler {
    if (isCoordinator(link)) return openCoordinator(this.#broker, link, this.#transactions);
    const address = link.target?.address ?? "";
    const around = { broker: this.#broker, replies: this.#replies };
    if (address === cbsAddress) return openResponder(around, link, address, answerTokens(this.#broker, this.#grants));
    if (address.endsWith(managementSuffix)) {
      return openResponder(around, link, address, answerManagement(this.#broker, this.#grants, address));
    }
    return openProducer(this.#broker, link, address, this.#grants, this.#transactions);
  }

  #openSender(link: RheaSender): LinkHandler {
    const address = link.source?.address ?? "";
    if (address === cbsAddress) return this.#replies.open(link, address);
    if (address.endsWith(managementSuffix)) {
      answerManagement(this.#broker, this.#grants, address); // throws where there is no such entity
      return this.#replies.open(link, address);
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

  /** What fails for one client ends that client's connection, and not what the others wait for. */
  #guarded(journal: Journal): Journal {
    const guard = (callback: () => void) => () => {
      try {
        callback();
      } catch (error) {
        this.fail(error);
      }
    };
    return { ...journal, afterCommit: (callback) => journal.afterCommit(guard(callback)) };
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

/**
 * The JavaScript SDK has to be hung up on without a `close`. Between that frame and the end of the stream it takes what
 * it has for a connection that it may open again, with all its sessions: from then on nothing comes through, and the
 * timers of what was under way throw when a minute has passed, which ends its process. The end of the stream alone it
 * takes for what it is, and connects anew.
 */
function isJavaScriptSdk({ properties }: RheaConnection): boolean {
  return properties?.["product"] === "MSJSClient";
}
