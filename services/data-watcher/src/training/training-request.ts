import type { RequestFault } from "@ratchet/messaging";

/** What `POST /api/train` asks for. */
interface TrainingRequest {
  readonly model: string;
  /** Train even where a run on the same input has ended. */
  readonly again: boolean;
  /** Names the request: sent twice with the same id, it is one request. */
  readonly requestId?: string;
}

export type ReadRequest = { readonly request: TrainingRequest } | { readonly errors: readonly RequestFault[] };

const fields: ReadonlySet<string> = new Set(["model", "again", "requestId"]);
const requestIdPattern = /^[A-Za-z0-9._:-]{1,64}$/;

/** Reads the body of `POST /api/train`, or says of every field what is wrong with it. */
export function readTrainingRequest(body: unknown): ReadRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { errors: [{ field: "", message: 'the body must be a JSON object such as {"model": "digits"}' }] };
  const { model, again = false, requestId } = body as Readonly<Record<string, unknown>>;
  const errors: RequestFault[] = Object.keys(body)
    .filter((field) => !fields.has(field))
    .map((field) => ({ field, message: `unknown field; there are ${[...fields].join(", ")}` }));
  if (typeof model !== "string" || model === "") errors.push({ field: "model", message: "must be a model's name" });
  if (typeof again !== "boolean") errors.push({ field: "again", message: "must be true or false" });
  if (requestId !== undefined && (typeof requestId !== "string" || !requestIdPattern.test(requestId)))
    errors.push({ field: "requestId", message: "must be 1 to 64 letters, digits, dots, colons, underscores, hyphens" });
  if (errors.length > 0) return { errors };
  return {
    request: {
      model: String(model),
      again: again === true,
      ...(requestId === undefined ? {} : { requestId: String(requestId) }),
    },
  };
}
