import { app, type InvocationContext } from "@azure/functions";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import {
  type ContainerName,
  type QueueName,
  queues,
  readSettings,
  type ServiceName,
  type SettingsOf,
  serviceBusConnection,
} from "@ratchet/contracts";
import { type DocumentStore, documentStore } from "@ratchet/state";
import { logTo } from "./log.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { type IncomingMessage, receiveMessage } from "./receive.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./retry.ts";
import type { Route } from "./routes.ts";
import { traceOf } from "./trace.ts";
import { eventGridTransport, serviceBusTransport } from "./transport.ts";

/** A service of Ratchet with what it is connected to. */
export interface Service<Name extends ServiceName> {
  readonly settings: SettingsOf<Name>;
  readonly credential: TokenCredential;
  container(name: ContainerName): ContainerClient;
  documents(name: ContainerName): DocumentStore;
  /** Registers the function that receives from a queue, with the laws of messaging around its routes. */
  receive(queue: QueueName, routes: readonly Route[]): void;
  /** An outbox where the cause is not a message: a request, a schedule. Without `traceparent` a trace begins. */
  outbox(occasion: { readonly cause: string; readonly traceparent?: string; readonly time?: Date }): Outbox;
}

/** What may be given instead of the environment's. */
export interface ServiceOverrides {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly credential?: TokenCredential;
  readonly retry?: RetryPolicy;
  readonly clock?: () => Date;
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
export function startService<Name extends ServiceName>(name: Name, overrides: ServiceOverrides = {}): Service<Name> {
  const settings = readSettings(name, overrides.environment ?? process.env);
  // Every service has these; the compiler cannot see it through the type parameter.
  const common = settings as SettingsOf<ServiceName>;
  const credential = overrides.credential ?? new DefaultAzureCredential();
  const clock = overrides.clock ?? (() => new Date());
  const blobs = new BlobServiceClient(common.STORAGE_BLOB_ENDPOINT, credential);
  const messages = serviceBusTransport(common.ServiceBus__fullyQualifiedNamespace, credential);
  const events = eventGridTransport(common.EVENT_GRID_TOPIC_ENDPOINT, credential);
  const container = (container: ContainerName) => blobs.getContainerClient(container);
  return {
    settings,
    credential,
    container,
    documents: (name) => documentStore(container(name)),
    receive(queue, routes) {
      const retry = overrides.retry ?? defaultRetryPolicy;
      const reception = { service: name, queue, routes, retry, messages, events, clock };
      app.serviceBusQueue(queue, {
        connection: serviceBusConnection,
        queueName: queue,
        isSessionsEnabled: queues[queue].requiresSession,
        handler: (body, context) => receiveMessage(reception, incoming(body, context), logTo(context)),
      });
    },
    outbox({ cause, traceparent = traceOf(cause), time = clock() }) {
      return createOutbox(name, { cause, traceparent, time }, { messages, events });
    },
  };
}
