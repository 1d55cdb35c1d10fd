import type { IncomingHttpHeaders } from "node:http";
import { decodePart } from "@local-azure/http";
import { type CloudEvent, type EventSchema, toCloudEvent } from "../cloud-event.ts";
import { PublishError } from "../errors.ts";

/** What a publisher sent. */
interface PublishRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The events in a request to publish: structured (one or a batch) or binary CloudEvents, or a batch in the Event Grid
 * schema, as the topic's input schema says.
 * @throws {PublishError} when an event or one of its attributes is wrong; then none of the request's events is taken.
 * @throws {BadRequestError} when an attribute in a header is not valid percent-encoding.
 */
export function parseEvents(request: PublishRequest, schema: EventSchema, topicId: string): readonly CloudEvent[] {
  if (schema === "EventGridSchema") return parseEventGridEvents(request, topicId);
  if (request.headers["ce-specversion"] !== undefined) return [parseBinaryEvent(request)];
  const body = parseJson(request.body);
  return asArray(body).map((event, index) => checkedCloudEvent(event, `event ${index}`));
}

function parseEventGridEvents(request: PublishRequest, topicId: string): readonly CloudEvent[] {
  const contentType = request.headers["content-type"] ?? "";
  if (contentType.startsWith("application/cloudevents")) {
    throw badRequest("The topic takes events in the Event Grid schema, and these are CloudEvents.");
  }
  return asArray(parseJson(request.body)).map((value, index) => {
    const event = checkedRecord(value, `event ${index}`);
    for (const name of ["id", "subject", "eventType", "eventTime", "dataVersion"]) {
      if (typeof event[name] !== "string") throw badRequest(`event ${index}: "${name}" must be there and a string.`);
    }
    const topic = event["topic"];
    if (topic !== undefined && topic !== null && topic !== "" && topic !== topicId) {
      throw badRequest(`event ${index}: "topic" must be left out, or be ${topicId}.`);
    }
    return toCloudEvent({
      id: String(event["id"]),
      topic: topicId,
      subject: String(event["subject"]),
      eventType: String(event["eventType"]),
      eventTime: String(event["eventTime"]),
      data: event["data"],
      dataVersion: String(event["dataVersion"]),
      metadataVersion: "1",
    });
  });
}

/** Attributes in `ce-` headers, data as the body. */
function parseBinaryEvent({ headers, body }: PublishRequest): CloudEvent {
  const attributes: Record<string, unknown> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith("ce-")) attributes[header.slice(3)] = decodePart(String(value));
  }
  const contentType = headers["content-type"] ?? "application/json";
  const isJson = /^(application|text)\/([\w.-]+\+)?json\b/.test(contentType);
  const data = isJson ? { data: parseJson(body) } : { data_base64: body.toString("base64") };
  return checkedCloudEvent({ ...attributes, datacontenttype: contentType, ...(body.length > 0 && data) }, "the event");
}

function checkedCloudEvent(value: unknown, where: string): CloudEvent {
  const event = checkedRecord(value, where);
  if (event["specversion"] !== "1.0") throw badRequest(`${where}: "specversion" must be "1.0".`);
  for (const name of ["id", "source", "type"]) {
    if (typeof event[name] !== "string" || event[name] === "") {
      throw badRequest(`${where}: "${name}" must be there and a string that is not empty.`);
    }
  }
  const time = event["time"];
  if (time !== undefined && (typeof time !== "string" || Number.isNaN(Date.parse(time)))) {
    throw badRequest(`${where}: "time" must be a timestamp as RFC 3339 has it.`);
  }
  for (const name of Object.keys(event)) {
    if (!/^[a-z0-9]+$/.test(name) && name !== "data_base64") {
      throw badRequest(`${where}: "${name}" cannot be the name of an attribute: use lower-case letters and digits.`);
    }
  }
  return event as unknown as CloudEvent;
}

function checkedRecord(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest(`${where} is not a JSON object.`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw badRequest(`The body is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function badRequest(message: string): PublishError {
  return new PublishError(400, "BadRequest", message);
}
