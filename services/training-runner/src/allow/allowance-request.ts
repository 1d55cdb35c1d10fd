import type { RequestFault } from "@ratchet/messaging";

/** What `POST /api/models/{model}/allow-training` asks for. */
interface AllowanceRequest {
  /** Hours on top of the model's budget, for one period from now. */
  readonly hours: number;
  readonly reason: string;
  readonly requestedBy?: string;
  /** Names the request: sent twice with the same id, it is one request. */
  readonly requestId?: string;
}

type ReadRequest = { readonly request: AllowanceRequest } | { readonly errors: readonly RequestFault[] };

const fields: ReadonlySet<string> = new Set(["hours", "reason", "requestedBy", "requestId"]);
const requestIdPattern = /^[A-Za-z0-9._:-]{1,64}$/;

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

/** Reads the body of an allowance, or says of every field what is wrong with it. */
export function readAllowanceRequest(body: unknown): ReadRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const message = 'the body must be a JSON object such as {"hours": 10, "reason": "the fair is on Monday"}';
    return { errors: [{ field: "", message }] };
  }
  const { hours, reason, requestedBy, requestId } = body as Readonly<Record<string, unknown>>;
  const errors: RequestFault[] = Object.keys(body)
    .filter((field) => !fields.has(field))
    .map((field) => ({ field, message: `unknown field; there are ${[...fields].join(", ")}` }));
  if (typeof hours !== "number" || !(hours > 0 && hours <= 10_000))
    errors.push({ field: "hours", message: "must be a number above 0, up to 10000" });
  if (!isText(reason)) errors.push({ field: "reason", message: "must say why; it is recorded" });
  if (requestedBy !== undefined && !isText(requestedBy))
    errors.push({ field: "requestedBy", message: "must be a name" });
  if (requestId !== undefined && !(isText(requestId) && requestIdPattern.test(requestId)))
    errors.push({ field: "requestId", message: "must be 1 to 64 letters, digits, dots, colons, underscores, hyphens" });
  if (errors.length > 0) return { errors };
  return {
    request: {
      hours: Number(hours),
      reason: String(reason),
      ...(requestedBy === undefined ? {} : { requestedBy: String(requestedBy) }),
      ...(requestId === undefined ? {} : { requestId: String(requestId) }),
    },
  };
}
