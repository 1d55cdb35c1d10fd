import { randomUUID } from "node:crypto";
import { type ArmError, errorBody, errorResponse, resourceNotFound, toArmError } from "./errors.ts";
import type { AcceptedResponse, ArmRequest, ArmResponse } from "./provider.ts";

/** Pollers ask again at once, so a poll is held this long for the end instead of being answered "not yet". */
const pollHeldForMs = 1_000;

/** Finished operations that can still be asked for; Azure forgets them after a day or so. */
const finishedKept = 1_000;

interface Operation {
  readonly name: string;
  readonly startTime: string;
  readonly done: Promise<void>;
  outcome: { readonly endTime: string; readonly result?: unknown; readonly error?: ArmError } | undefined;
}

type OperationAddress = Pick<ArmRequest, "namespace" | "subscriptionId" | "endpoint" | "query">;

const kinds = ["operationResults", "operationStatuses"] as const;

/**
 * Long-running operations as the SDKs' pollers expect them: `Azure-AsyncOperation` answers 200 with a status,
 * `Location` answers 202 until the end and then what the call itself would have answered.
 */
export interface Operations {
  start(address: OperationAddress, work: () => Promise<unknown>, accepted?: AcceptedResponse): ArmResponse;
  /** The answer to a poll; undefined when the request is not one. */
  poll(request: ArmRequest): Promise<ArmResponse | undefined>;
  /** Answers every held poll at once. */
  close(): void;
}

export function createOperations(): Operations {
  const operations = new Map<string, Operation>();
  const closing = Promise.withResolvers<void>();

  return {
    start(address, work, accepted = {}) {
      const operation = begin(work);
      operations.set(operation.name, operation);
      forgetOldest(operations);
      const { endpoint, subscriptionId, namespace, query } = address;
      const below =
        accepted.below ?? `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/${namespace}/locations/local`;
      const link = (kind: (typeof kinds)[number]) =>
        `${endpoint}${below}/${kind}/${operation.name}?api-version=${encodeURIComponent(query.get("api-version") ?? "")}`;
      return {
        status: accepted.status ?? 202,
        body: accepted.body,
        headers: {
          Location: link("operationResults"),
          // A service whose operations are below their resource tells of them by Location alone.
          ...(accepted.below === undefined && { "Azure-AsyncOperation": link("operationStatuses") }),
          "Retry-After": "0",
        },
      };
    },
    async poll(request) {
      const [kind, name] = request.segments.slice(-2);
      if (!kinds.some((known) => known === kind)) return undefined;
      const operation = operations.get(name ?? "");
      if (!operation) throw resourceNotFound(request);
      await firstOf(operation.done, closing.promise);
      return kind === "operationStatuses" ? statusAnswer(operation, request) : resultAnswer(operation, request);
    },
    close: () => closing.resolve(),
  };
}

function begin(work: () => Promise<unknown>): Operation {
  const finish = (outcome: { result?: unknown; error?: ArmError }) => {
    operation.outcome = { endTime: new Date().toISOString(), ...outcome };
  };
  // The work starts in a later turn, so a synchronous throw is an outcome like any other.
  const done = Promise.resolve()
    .then(work)
    .then(
      (result) => finish({ result }),
      (error: unknown) => finish({ error: toArmError(error) }),
    );
  const operation: Operation = { name: randomUUID(), startTime: new Date().toISOString(), done, outcome: undefined };
  return operation;
}

function statusAnswer(operation: Operation, request: ArmRequest): ArmResponse {
  const { name, startTime, outcome } = operation;
  const common = { id: request.path, name, startTime };
  if (!outcome) return { status: 200, body: { ...common, status: "InProgress" }, headers: { "Retry-After": "0" } };
  const { endTime, error, result } = outcome;
  if (error) return { status: 200, body: { ...common, status: "Failed", endTime, ...errorBody(error) } };
  return { status: 200, body: { ...common, status: "Succeeded", endTime, properties: result } };
}

function resultAnswer(operation: Operation, request: ArmRequest): ArmResponse {
  const { outcome } = operation;
  if (!outcome) {
    const again = `${request.endpoint}${request.path}?${request.query}`;
    return { status: 202, headers: { Location: again, "Retry-After": "0" } };
  }
  if (outcome.error) return errorResponse(outcome.error);
  return outcome.result === undefined ? { status: 204 } : { status: 200, body: outcome.result };
}

function forgetOldest(operations: Map<string, Operation>): void {
  for (const [name, operation] of operations) {
    if (operations.size <= finishedKept) return;
    if (operation.outcome) operations.delete(name);
  }
}

async function firstOf(...ends: Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const held = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, pollHeldForMs);
  });
  await Promise.race([...ends, held]);
  clearTimeout(timer);
}
