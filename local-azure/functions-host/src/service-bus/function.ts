import type { AppSettings } from "../app-settings.ts";
import { asError, FunctionBindingError } from "../errors.ts";
import type { ServiceBusSettings } from "../host-json.ts";
import type { Binding } from "../worker/core-types.ts";
import type { Invocable } from "../worker/invoke.ts";
import { type ServiceBusConnection, serviceBusConnection } from "./connection.ts";

/** Where messages come from. */
export type ServiceBusEntity =
  | { readonly queue: string; readonly path: string }
  | { readonly topic: string; readonly subscription: string; readonly path: string };

/** A function with a `serviceBusTrigger`. */
export interface ServiceBusFunction {
  readonly invocable: Invocable;
  readonly entity: ServiceBusEntity;
  readonly connection: ServiceBusConnection;
  /** Whether it takes arrays of messages. */
  readonly many: boolean;
  readonly sessions: boolean;
  readonly autoComplete: boolean;
  /** Whether the handler gets bytes instead of text. */
  readonly binary: boolean;
  readonly settings: ServiceBusSettings;
}

/** @throws {FunctionBindingError} when the entity or the connection is missing, or the binding is not supported. */
export function serviceBusFunction(
  invocable: Invocable,
  binding: Binding,
  host: ServiceBusSettings,
  settings: AppSettings,
): ServiceBusFunction {
  const fail = (reason: string): never => {
    throw new FunctionBindingError(invocable.name, invocable.triggerName, reason);
  };
  const named = (property: string): string | undefined => {
    const value = binding[property];
    if (typeof value !== "string" || value === "") return undefined;
    return settings.resolve(value, `${property} of function "${invocable.name}"`);
  };
  const properties: unknown = binding["properties"];
  if (
    typeof properties === "object" &&
    properties !== null &&
    "supportsDeferredBinding" in properties &&
    properties.supportsDeferredBinding === "true"
  ) {
    fail("sdkBinding is not supported by this host. Leave it out and settle by returning or throwing.");
  }
  try {
    return {
      invocable,
      entity:
        entityOf(named("queueName"), named("topicName"), named("subscriptionName")) ??
        fail("it names neither a queueName nor a topicName with a subscriptionName."),
      connection: serviceBusConnection(named("connection") ?? "ServiceBus", settings),
      many: binding["cardinality"] === "many",
      sessions: binding["isSessionsEnabled"] === true,
      autoComplete:
        typeof binding["autoCompleteMessages"] === "boolean"
          ? binding["autoCompleteMessages"]
          : host.autoCompleteMessages,
      binary: binding.dataType === "binary",
      settings: host,
    };
  } catch (thrown) {
    if (thrown instanceof FunctionBindingError) throw thrown;
    return fail(asError(thrown).message);
  }
}

function entityOf(
  queue: string | undefined,
  topic: string | undefined,
  subscription: string | undefined,
): ServiceBusEntity | undefined {
  if (queue !== undefined) return { queue, path: queue };
  if (topic === undefined || subscription === undefined) return undefined;
  return { topic, subscription, path: `${topic}/Subscriptions/${subscription}` };
}
