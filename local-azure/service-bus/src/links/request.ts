import { MalformedError } from "../amqp/malformed-error.ts";
import { type AmqpValue, Cursor } from "../amqp/read.ts";
import { type Typed, types } from "../amqp/rhea.ts";
import { elementsOf, entriesOf, propertyIndex, sectionCode, sectionsOf } from "../amqp/sections.ts";

/** A request on a link such as `$cbs` or `<entity>/$management`. */
export interface Request {
  /** Its message-id or, where it has none, its correlation-id: the reply's correlation-id, in the type it came in. */
  readonly id: Typed | undefined;
  readonly replyTo: string | undefined;
  readonly properties: ReadonlyMap<string, AmqpValue>;
  /** The bytes of the value that is the body. */
  readonly body: Buffer | undefined;
}

const uuidCode = 0x98;

/** @throws {MalformedError} when it is no well-formed message. */
export function readRequest(bytes: Buffer): Request {
  const sections = sectionsOf(bytes);
  const find = (descriptor: number) => sections.find((section) => section.descriptor === descriptor);
  const properties = find(sectionCode.properties);
  const elements = properties ? elementsOf(bytes, properties) : [];
  const application = find(sectionCode.applicationProperties);
  const entries = application ? entriesOf(bytes, application) : [];
  const body = find(sectionCode.value);
  const replyTo = elements[propertyIndex.replyTo];
  return {
    id: idOf(elements[propertyIndex.messageId]) ?? idOf(elements[propertyIndex.correlationId]),
    replyTo: replyTo && replyTo[0] !== 0x40 ? String(new Cursor(replyTo).read()) : undefined,
    properties: new Map(entries.map(({ key, value }) => [key, new Cursor(value).read()])),
    body: body && bytes.subarray(body.value, body.end),
  };
}

function idOf(element: Buffer | undefined): Typed | undefined {
  if (!element) return undefined;
  const value = new Cursor(element).read();
  if (value === null) return undefined;
  if (element[0] === uuidCode) return types.wrap_uuid(element.subarray(1));
  if (Buffer.isBuffer(value)) return types.wrap_binary(value);
  if (typeof value === "number") return types.wrap_ulong(value);
  if (typeof value === "string") return types.wrap_string(value);
  throw new MalformedError("A message-id is a string, a ulong, a uuid or binary.");
}
