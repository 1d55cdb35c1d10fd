import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import {
  type ContainerName,
  queues,
  readSettings,
  type ServiceName,
  type SettingsOf,
  serviceBusConnection,
} from "@ratchet/contracts";
import { azureBlobs } from "@ratchet/state";
import { type ConnectedService, type Connections, connectService } from "./connected-service.ts";
import type { IncomingMessage } from "./copy.ts";
import { mustReceive, type OwnQueue } from "./granted.ts";
import { type Log, logTo } from "./log.ts";
import { receiveMessage } from "./receive.ts";
import type { Route } from "./routes.ts";
import { eventGridTransport, serviceBusTransport } from "./transport.ts";

/** What a function that no message started gets. */
export interface Invocation {
  /** The time to decide by. */
  readonly now: Date;
  readonly log: Log;
  /** Names the invocation: a request that has no name of its own is called by it. */
  readonly id: string;
}

interface HttpRoute {
  readonly method: "GET" | "POST";
  /** Below `/api/`. */
  readonly route: string;
  /** `admin` asks for the app's master key. */
  readonly level?: "function" | "admin";
}

/** Where a service says what it does, and when. */
export interface Functions<Name extends ServiceName> {
  /** Registers the function that receives from a queue, with the laws of messaging around its routes. */
  receive(queue: OwnQueue<Name>, routes: readonly Route[]): void;
  /** Registers a function that runs by the clock. @param schedule NCRONTAB, six fields, in UTC. */
  onSchedule(name: string, schedule: string, work: (invocation: Invocation) => Promise<void>): void;
  /** Registers a function that answers requests which carry a key. */
  onRequest(
    name: string,
    route: HttpRoute,
    answer: (request: HttpRequest, invocation: Invocation) => Promise<HttpResponseInit>,
  ): void;
}

/** A service of Ratchet with what it is connected to, and its functions. */
export interface Service<Name extends ServiceName> extends ConnectedService<Name>, Functions<Name> {
  readonly settings: SettingsOf<Name>;
}

/** The delivery, as the Functions host describes it in its trigger metadata. */
function incoming(body: unknown, context: InvocationContext): IncomingMessage {
  const metadata: Readonly<Record<string, unknown>> = context.triggerMetadata ?? {};
  const { messageId, sessionId } = metadata;
  const properties = metadata["applicationProperties"] ?? metadata["userProperties"] ?? {};
  return {
    body,
    messageId: String(messageId),
    ...(sessionId === undefined || sessionId === null ? {} : { sessionId: String(sessionId) }),
    properties: properties as Readonly<Record<string, unknown>>,
  };
}

/**
 * Connects a service to what its environment names. Nothing is contacted before it is needed.
 * @throws {MissingSettingsError} naming the settings that are absent.
 */
export function startService<Name extends ServiceName>(name: Name): Service<Name> {
  const settings = readSettings(name, process.env);
  // Every service has these; the compiler cannot see it through the type parameter.
  const common = settings as SettingsOf<ServiceName>;
  const credential = new DefaultAzureCredential();
  const account = new BlobServiceClient(common.STORAGE_BLOB_ENDPOINT, credential);
  const connections: Connections = {
    credential,
    blobs: (container: ContainerName) => azureBlobs(account.getContainerClient(container)),
    messages: serviceBusTransport(common.ServiceBus__fullyQualifiedNamespace, credential),
    events: eventGridTransport(common.EVENT_GRID_TOPIC_ENDPOINT, credential),
    clock: () => new Date(),
  };
  const { messages, events, clock } = connections;
  const invocationOf = (context: InvocationContext): Invocation => ({
    now: clock(),
    id: context.invocationId,
    log: logTo(context, { service: name, function: context.functionName }),
  });
  return {
    ...connectService(name, connections),
    settings,
    receive(queue, routes) {
      mustReceive(name, queue);
      app.serviceBusQueue(queue, {
        connection: serviceBusConnection,
        queueName: queue,
        isSessionsEnabled: queues[queue].requiresSession,
        handler: (body, context) =>
          receiveMessage({ service: name, queue, routes, messages, events, clock }, incoming(body, context), context),
      });
    },
    onSchedule(timer, schedule, work) {
      app.timer(timer, { schedule, handler: (_timer, context) => work(invocationOf(context)) });
    },
    onRequest(http, { method, route, level = "function" }, answer) {
      app.http(http, {
        route,
        methods: [method],
        authLevel: level,
        handler: (request, context) => answer(request, invocationOf(context)),
      });
    },
  };
}
