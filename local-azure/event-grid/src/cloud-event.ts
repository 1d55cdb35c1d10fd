/** An event in the one form it has inside: CloudEvents 1.0 (JSON), extension attributes beside the others. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time?: string;
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  readonly data?: unknown;
  readonly data_base64?: string;
  readonly [extension: string]: unknown;
}

/** An event in Event Grid's own, older schema. */
export interface EventGridEvent {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly data: unknown;
  readonly dataVersion: string;
  readonly metadataVersion: "1";
}

export type EventSchema = "CloudEventSchemaV1_0" | "EventGridSchema";

export function toCloudEvent(event: EventGridEvent): CloudEvent {
  return {
    specversion: "1.0",
    id: event.id,
    source: event.topic,
    type: event.eventType,
    subject: event.subject,
    time: event.eventTime,
    data: event.data,
    // CloudEvents has no place for it; Event Grid keeps it as an extension attribute.
    ...(event.dataVersion !== "" && { dataversion: event.dataVersion }),
  };
}

export function toEventGridEvent(event: CloudEvent): EventGridEvent {
  return {
    id: event.id,
    topic: event.source,
    subject: event.subject ?? "",
    eventType: event.type,
    eventTime: event.time ?? new Date(0).toISOString(),
    data: event.data ?? event.data_base64 ?? null,
    dataVersion: typeof event["dataversion"] === "string" ? event["dataversion"] : "",
    metadataVersion: "1",
  };
}
