import { type CloudEvent, toEventGridEvent } from "../cloud-event.ts";

/** Names of the Event Grid schema, which filters may use whatever the schema of the event. */
const eventGridNames = new Set(["topic", "eventType", "eventTime", "dataVersion"]);

/**
 * The value at a dotted key such as `data.api`, `subject` or an extension attribute; undefined where there is none.
 * `eventType`, `topic`, … name what corresponds to them in a CloudEvent.
 */
export function fieldOf(event: CloudEvent, key: string): unknown {
  const [first = "", ...rest] = key.split(".");
  const root: Readonly<Record<string, unknown>> = eventGridNames.has(first) ? { ...toEventGridEvent(event) } : event;
  // Two levels are Azure's limit; a deeper key means here what it says.
  return [first, ...rest].reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    root,
  );
}
