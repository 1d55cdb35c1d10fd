import { parseIsoDuration, type QueueName, type QueueTopology, queues, type ServiceName } from "@ratchet/contracts";

/** The queues of one service ask of its host what it can only do alike for all of them. */
export class UnlikeQueuesError extends Error {
  override readonly name = "UnlikeQueuesError";
}

const second = 1000;

/** A duration as `host.json` spells it: `02:00:00`; a day is `1.00:00:00`, for .NET reads `24:00:00` as 24 days. */
function timeSpan(iso: string): string {
  const milliseconds = parseIsoDuration(iso);
  if (milliseconds === undefined) throw new RangeError(`${iso} is not an ISO 8601 duration`);
  const count = (unit: number, upTo: number) => Math.floor(milliseconds / unit) % upTo;
  const parts = [count(3_600 * second, 24), count(60 * second, 60), count(second, 60)];
  const days = Math.floor(milliseconds / (86_400 * second));
  return `${days > 0 ? `${days}.` : ""}${parts.map((part) => String(part).padStart(2, "0")).join(":")}`;
}

/** What the queues agree on; undefined where there are none. */
function agreed<Value>(
  own: readonly (readonly [QueueName, QueueTopology])[],
  field: string,
  of: (queue: QueueTopology) => Value,
): Value | undefined {
  const said = new Map(own.map(([name, queue]) => [of(queue), name]));
  if (said.size <= 1) return [...said.keys()][0];
  const list = own.map(([name, queue]) => `${name}: ${String(of(queue))}`).join(", ");
  throw new UnlikeQueuesError(`queues of one service must have the same ${field}, for host.json has one: ${list}`);
}

/**
 * `host.json` of a service, from what the topology says of its queues. A session that is idle is let go at once, so that
 * no model waits for another's.
 * Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings
 * @throws {UnlikeQueuesError} when its queues of one kind differ in concurrency, or any in how long they may be handled.
 */
export function hostJson(service: ServiceName, table: Readonly<Record<string, QueueTopology>> = queues): object {
  const own = Object.entries(table).filter(([, { receiver }]) => receiver === service) as [QueueName, QueueTopology][];
  const handlingTime = agreed(own, "handlingTime", (queue) => queue.handlingTime) ?? "PT5M";
  const calls = agreed(
    own.filter(([, { requiresSession }]) => !requiresSession),
    "concurrency",
    ({ concurrency }) => concurrency,
  );
  const sessions = agreed(
    own.filter(([, { requiresSession }]) => requiresSession),
    "concurrency",
    ({ concurrency }) => concurrency,
  );
  return {
    version: "2.0",
    functionTimeout: timeSpan(handlingTime),
    logging: {
      applicationInsights: { samplingSettings: { isEnabled: true, excludedTypes: "Request;Exception" } },
    },
    extensionBundle: { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.*, 5.0.0)" },
    extensions: {
      http: { routePrefix: "api" },
      serviceBus: {
        autoCompleteMessages: true,
        prefetchCount: 0,
        ...(calls === undefined ? {} : { maxConcurrentCalls: calls }),
        ...(sessions === undefined ? {} : { maxConcurrentSessions: sessions, sessionIdleTimeout: "00:00:01" }),
        maxAutoLockRenewalDuration: timeSpan(handlingTime),
      },
    },
  };
}

/** `host.json` of a service as text. */
export const hostJsonFile = (service: ServiceName): string => `${JSON.stringify(hostJson(service), null, 2)}\n`;
