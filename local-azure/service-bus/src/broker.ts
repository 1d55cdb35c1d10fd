import type { Duplex } from "node:stream";
import { type AccessOptions, AccessPolicy } from "./access/access-policy.ts";
import { Turn } from "./amqp/turn.ts";
import type { Broker } from "./links/broker.ts";
import { ClientConnection } from "./links/connection.ts";
import { openDoor } from "./links/door.ts";
import type { Dispatcher } from "./namespace/dispatcher.ts";
import { deleteIdle } from "./namespace/idle.ts";
import { LiveEntities, resourcePathOf } from "./namespace/live-entities.ts";
import { LocalNamespace } from "./namespace/local-namespace.ts";
import { queuesOf } from "./namespace/parts-of.ts";
import { nextDue, tick } from "./queue/tick.ts";
import type { Store } from "./store/store.ts";

/** How often schedules, locks and expiry are looked at and what nobody waits for is committed, in milliseconds. */
const tickMs = 15;
/** How often links are held against tokens that may have expired, and idle entities deleted, in milliseconds. */
const slowTickMs = 1000;

export interface RunningBroker {
  readonly namespace: LocalNamespace;
  readonly access: AccessPolicy;
  /** Serves a client that speaks AMQP on this stream. */
  connect(stream: Duplex): void;
  /** Lets go of all clients; what they have been told is on disk. */
  close(): void;
}

interface BrokerOptions {
  readonly name: string;
  readonly store: Store;
  readonly access: AccessOptions | undefined;
  readonly clock: () => number;
  /** How long a client may take to open its connection, in milliseconds. */
  readonly openWithinMs: number;
  /** The store has failed, and with it the broker: nothing more can be promised. */
  readonly onFailure: (error: unknown) => void;
}

/** Brings entities, store, access and connections together. */
export function runBroker({
  name,
  store,
  access: accessOptions,
  clock,
  openWithinMs,
  onFailure,
}: BrokerOptions): RunningBroker {
  const entities = new LiveEntities();
  const connections = new Set<ClientConnection>();
  const waiting = new Set<Dispatcher>();

  /** What fails here fails for everybody, in a turn that belongs to nobody who could be told. */
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      onFailure(error);
    }
  };
  const commit = () => attempt(() => store.commit());
  const turn = new Turn({
    handOut() {
      const now = clock();
      const dispatchers = [...waiting];
      waiting.clear();
      attempt(() => {
        for (const dispatcher of dispatchers) dispatcher.pump(now);
      });
    },
    isCommitDue: () => store.isDue,
    commit,
  });
  store.onAwaited(() => turn.wake());
  const wake = (dispatcher: Dispatcher) => {
    waiting.add(dispatcher);
    turn.wake();
  };

  const namespace = new LocalNamespace(name, { entities, store, wake }, clock);
  const access = new AccessPolicy(
    accessOptions,
    clock,
    (path) => {
      const entity = entities.get(path);
      return entity && entity.kind !== "subscription" ? entity.description.authorizationRules : [];
    },
    (path) => {
      const entity = entities.get(path);
      return entity && resourcePathOf(entity);
    },
  );
  const broker: Broker = { namespace, entities, journal: store.journal, access, turn, clock, wake };
  const door = openDoor(access);

  const ticking = setInterval(() => {
    const now = clock();
    attempt(() => {
      for (const entity of entities.values()) {
        for (const queue of queuesOf(entity)) {
          if (nextDue(queue) > now) continue;
          tick(queue, now);
        }
      }
    });
    commit();
  }, tickMs);
  const startedAt = clock();
  const checking = setInterval(() => {
    attempt(() => deleteIdle(namespace, entities, startedAt, clock()));
    if (access.isOpen) return;
    for (const connection of connections) connection.checkAccess();
  }, slowTickMs);

  return {
    namespace,
    access,
    connect(stream) {
      const connection = new ClientConnection(broker, door, stream, () => connections.delete(connection));
      connections.add(connection);
      // One that is never opened is nobody's, and its heartbeat has not been agreed on.
      setTimeout(() => connection.isOpen || connection.destroy(), openWithinMs).unref();
    },
    close() {
      clearInterval(ticking);
      clearInterval(checking);
      for (const connection of [...connections]) connection.destroy();
      try {
        store.commit();
      } finally {
        store.close();
      }
    },
  };
}
