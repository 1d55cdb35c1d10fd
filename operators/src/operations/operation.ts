import type { LetterOperation } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";

/** Somebody else works on the operation, or has come to its end. */
export class OperationLostError extends Error {
  override readonly name = "OperationLostError";

  constructor({ id, worker }: LetterOperation) {
    super(`operation ${id} is ${worker ? `in the hands of ${worker.name}` : "over"}; nothing more is done here`);
  }
}

/** How far an operation is, from its beginning. */
export interface Progress {
  readonly done: number;
  readonly gone: number;
  readonly held: number;
  readonly unsure: readonly string[];
}

export type OperationCommand =
  /** Somebody wants to work on it, and to be let alone until a time. */
  | { readonly kind: "claim"; readonly worker: string; readonly now: string; readonly until: string }
  | { readonly kind: "progress"; readonly worker: string; readonly until: string; readonly made: Progress }
  | { readonly kind: "cancel"; readonly by: string; readonly now: string }
  /** Nothing is left to do, or it was cancelled. */
  | { readonly kind: "end"; readonly worker: string; readonly now: string }
  /** Its worker cannot go on. */
  | { readonly kind: "let-go"; readonly worker: string; readonly trouble: string };

export type OperationEvent =
  | { readonly kind: "claimed"; readonly worker: string; readonly until: string }
  | { readonly kind: "progressed"; readonly until: string; readonly made: Progress }
  | { readonly kind: "cancelling"; readonly by: string }
  | { readonly kind: "cancelled"; readonly by: string; readonly now: string }
  | { readonly kind: "ended"; readonly now: string }
  | { readonly kind: "let-go"; readonly trouble: string };

export const isOver = ({ state }: LetterOperation): boolean => state === "done" || state === "cancelled";

const isHeldBy = ({ worker }: LetterOperation, name: string): boolean => worker?.name === name;

function decide(operation: LetterOperation | undefined, command: OperationCommand): readonly OperationEvent[] {
  if (!operation || isOver(operation)) return [];
  const { worker } = operation;
  if (command.kind === "claim") {
    const isFree = !worker || worker.name === command.worker || worker.until <= command.now;
    return isFree ? [{ kind: "claimed", worker: command.worker, until: command.until }] : [];
  }
  if (command.kind === "cancel") {
    const { by, now } = command;
    if (operation.state === "cancelling" && worker && worker.until > now) return [];
    // Whoever works on it stops at the next letter; where nobody does, there is nobody to wait for.
    return worker && worker.until > now ? [{ kind: "cancelling", by }] : [{ kind: "cancelled", by, now }];
  }
  if (!isHeldBy(operation, command.worker)) throw new OperationLostError(operation);
  if (command.kind === "progress") return [{ kind: "progressed", until: command.until, made: command.made }];
  if (command.kind === "let-go") return [{ kind: "let-go", trouble: command.trouble }];
  return [{ kind: "ended", now: command.now }];
}

function evolve(operation: LetterOperation | undefined, event: OperationEvent): LetterOperation | undefined {
  if (!operation) return operation;
  const { worker, ...unheld } = operation;
  switch (event.kind) {
    case "claimed": {
      const { trouble: _, ...rest } = operation;
      return { ...rest, worker: { name: event.worker, until: event.until } };
    }
    case "progressed":
      return {
        ...operation,
        ...event.made,
        unsure: [...event.made.unsure],
        ...(worker ? { worker: { ...worker, until: event.until } } : {}),
      };
    case "cancelling":
      return { ...operation, state: "cancelling", cancelledBy: event.by };
    case "cancelled":
      return { ...unheld, state: "cancelled", cancelledBy: event.by, endedAt: event.now };
    case "ended":
      return { ...unheld, state: operation.state === "cancelling" ? "cancelled" : "done", endedAt: event.now };
    case "let-go":
      return { ...unheld, trouble: event.trouble };
  }
}

/** How an operation on dead letters moves. Times are ISO 8601, and handed in. */
export const operationDecider: Decider<LetterOperation | undefined, OperationCommand, OperationEvent> = {
  initial: undefined,
  decide,
  evolve,
};
