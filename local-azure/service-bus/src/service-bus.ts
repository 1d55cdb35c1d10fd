import type { AccessKey, AccessOptions } from "./access/access-policy.ts";
import { createAdministrationHandler } from "./administration/handler.ts";
import { type RunningBroker, runBroker } from "./broker.ts";
import { EntityExistsError } from "./errors.ts";
import { listenOnOnePort, type TlsOptions } from "./server/one-port.ts";
import { createMemoryStore } from "./store/memory-store.ts";
import type { Synchronous } from "./store/open-database.ts";
import type { Store } from "./store/store.ts";
import type { Topology } from "./topology.ts";

export interface ServiceBusOptions extends Topology {
  /** The port to listen on; a free one where absent or 0. */
  readonly port?: number;
  /** The address to listen on; `127.0.0.1` where absent. */
  readonly host?: string;
  /** The folder that keeps entities and messages; where absent all is gone with the process. */
  readonly data?: string;
  /**
   * `FULL` (where absent): what was acknowledged survives a power cut. `NORMAL`: it survives the end of the process, a
   * power cut may cost the last moments.
   */
  readonly synchronous?: Synchronous;
  /** Certificate and key as PEM; where absent TLS and HTTPS are not served. */
  readonly tls?: TlsOptions;
  /** Whether plain text is served beside TLS, as clients with a connection string for an emulator speak it; it is unless said. */
  readonly plain?: boolean;
  /** How long a client may take to open its connection, in milliseconds; 30,000 unless said. */
  readonly openWithinMs?: number;
  /** Which keys and tokens are accepted; where absent all are. */
  readonly access?: AccessOptions;
  /** Called when the store fails while running: the broker has stopped by then. Where absent the error is thrown. */
  readonly onFailure?: (error: unknown) => void;
}

export interface ServiceBus extends AsyncDisposable {
  /** For every client: `Endpoint=sb://localhost:<port>;…;UseDevelopmentEmulator=true;`. */
  readonly connectionString: string;
  /** `localhost:<port>`, for clients with a token credential (which speak TLS). */
  readonly fullyQualifiedNamespace: string;
  readonly port: number;
  close(): Promise<void>;
}

const defaultKey: AccessKey = {
  name: "RootManageSharedAccessKey",
  key: "bG9jYWwtYXp1cmUtc2VydmljZS1idXMtZGV2ZWxvcG1lbnQta2V5",
};

/**
 * Starts a Service Bus namespace in this process.
 *
 * Entities that the data folder knows already stay as they are; those named in the options are added to them.
 * @throws {InvalidEntityError} when the service would not take a description.
 * @throws {StoreLockedError} when another Service Bus uses the data folder.
 * @throws {StoreCorruptError} when the data folder is damaged.
 * @throws {PortInUseError} when somebody else listens already.
 */
export async function startServiceBus(options: ServiceBusOptions = {}): Promise<ServiceBus> {
  const { openWithinMs = 30_000 } = options;
  const store = await openStore(options);
  let broker: RunningBroker;
  let stop: () => Promise<void> = async () => {};
  try {
    broker = runBroker({
      name: "localhost",
      store,
      access: options.access,
      clock: Date.now,
      openWithinMs,
      onFailure(error) {
        void stop();
        if (!options.onFailure) throw error;
        options.onFailure(error);
      },
    });
    await addEntities(broker, options);
  } catch (error) {
    store.close();
    throw error;
  }
  const { host = "127.0.0.1", port = 0, tls, plain = true } = options;
  const own = host === "127.0.0.1";
  const listener = await listenOnOnePort({
    host,
    port,
    tls,
    plain,
    own,
    patienceMs: openWithinMs,
    onAmqp: (stream) => broker.connect(stream),
    onHttp: createAdministrationHandler(broker.namespace, broker.access, { own }),
  }).catch((error: unknown) => {
    broker.close();
    throw error;
  });
  let closed: Promise<void> | undefined;
  stop = () => {
    closed ??= Promise.resolve().then(() => {
      broker.close();
      return listener.close();
    });
    return closed;
  };
  const fullyQualifiedNamespace = `localhost:${listener.port}`;
  return {
    connectionString: connectionString(fullyQualifiedNamespace, options.access?.keys[0] ?? defaultKey),
    fullyQualifiedNamespace,
    port: listener.port,
    close: stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** SQLite is loaded only where it is wanted. */
async function openStore({ data, synchronous }: ServiceBusOptions): Promise<Store> {
  if (data === undefined) return createMemoryStore();
  const { openSqliteStore } = await import("./store/sqlite-store.ts");
  return openSqliteStore(data, synchronous);
}

function connectionString(host: string, { name, key }: AccessKey): string {
  return `Endpoint=sb://${host};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true;`;
}

/** Topics come first: a queue may forward to one. Forwarding targets must be named before those who forward. */
async function addEntities({ namespace }: RunningBroker, { queues = [], topics = [] }: Topology): Promise<void> {
  const plain = queues.filter((queue) => !queue.forwardTo && !queue.forwardDeadLetteredMessagesTo);
  const forwarding = queues.filter((queue) => !plain.includes(queue));
  for (const { subscriptions: _, ...topic } of topics) await unlessThere(() => namespace.createTopic(topic));
  for (const queue of [...plain, ...forwarding]) await unlessThere(() => namespace.createQueue(queue));
  for (const topic of topics) {
    for (const subscription of topic.subscriptions ?? []) {
      await unlessThere(() => namespace.createSubscription({ ...subscription, topicName: topic.name }));
    }
  }
}

async function unlessThere(create: () => Promise<void>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof EntityExistsError)) throw error;
  }
}
