/** Trying again later can help: the message is sent again, later, and only so often. */
export class TransientError extends Error {
  override readonly name: string = "TransientError";
  readonly transient = true;
}

/** Trying again cannot help: the message goes to the dead-letter queue. Subclasses are named for what is wrong. */
export class PermanentError extends Error {
  override readonly name: string = "PermanentError";
  readonly transient = false;
}

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "REQUEST_SEND_ERROR",
]);
const statuses = new Set([408, 409, 412, 425, 429, 500, 502, 503, 504]);

const field = (error: object, name: string): unknown => (error as Readonly<Record<string, unknown>>)[name];

/**
 * Whether trying again later can help: what an error says of itself (`transient`, or `retryable` as the Service Bus
 * SDK has it), else a network fault, a time-out, throttling, a lost race or a server's own failure.
 */
export function isTransient(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  for (const name of ["transient", "retryable"]) {
    const says = field(error, name);
    if (typeof says === "boolean") return says;
  }
  const status = field(error, "statusCode") ?? field(error, "status");
  if (typeof status === "number") return statuses.has(status);
  if (networkCodes.has(String(field(error, "code")))) return true;
  if (field(error, "name") === "TimeoutError") return true;
  return isTransient(field(error, "cause"));
}
