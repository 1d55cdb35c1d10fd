import { type LetterOperation, letterOperation } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, test } from "vitest";
import { type OperationEvent, operationDecider } from "./operation.ts";

const { worker: _, trouble: __, cancelledBy: ___, endedAt: ____, ...asked } = letterOperation.example;
const initial: LetterOperation = { ...asked, state: "running", done: 0, gone: 0, unsure: [] };
const decider = { ...operationDecider, initial };

const now = "2026-11-23T09:00:00.000Z";
const soon = "2026-11-23T09:00:30.000Z";
const later = "2026-11-23T09:01:00.000Z";
const claimed: OperationEvent = { kind: "claimed", worker: "one", until: soon };
const made = { done: 250, gone: 1, held: 0, unsure: [] };

describe("an operation", () => {
  test("is claimed by the first who wants to work on it, and by nobody else until that one has been silent for too long", () => {
    given(decider).when({ kind: "claim", worker: "one", now, until: soon }).then(claimed);
    given(decider, claimed).when({ kind: "claim", worker: "two", now, until: soon }).thenNothing();
    given(decider, claimed)
      .when({ kind: "claim", worker: "two", now: soon, until: later })
      .then({ kind: "claimed", worker: "two", until: later });
    given(decider, claimed)
      .when({ kind: "claim", worker: "one", now, until: later })
      .then({ kind: "claimed", worker: "one", until: later });
  });

  test("moves on by the word of whoever holds it, and of nobody else", () => {
    given(decider, claimed)
      .when({ kind: "progress", worker: "one", until: later, made })
      .then({ kind: "progressed", until: later, made });
    given(decider, claimed, { kind: "progressed", until: later, made })
      .when({ kind: "progress", worker: "two", until: later, made })
      .thenRefused("is in the hands of one; nothing more is done here");
    given(decider, claimed, { kind: "let-go", trouble: "the broker is away" })
      .when({ kind: "end", worker: "one", now })
      .thenRefused("is over; nothing more is done here");
  });

  test("that is cancelled is over once its worker has stopped, or at once where nobody works on it", () => {
    given(decider, claimed).when({ kind: "cancel", by: "ada", now }).then({ kind: "cancelling", by: "ada" });
    given(decider, claimed)
      .when({ kind: "cancel", by: "ada", now: later })
      .then({ kind: "cancelled", by: "ada", now: later });
    given(decider).when({ kind: "cancel", by: "ada", now }).then({ kind: "cancelled", by: "ada", now });
    given(decider, claimed, { kind: "cancelling", by: "ada" }).when({ kind: "cancel", by: "bob", now }).thenNothing();
  });

  test("that is over stays over", () => {
    const ended: OperationEvent = { kind: "ended", now };
    given(decider, claimed, ended).when({ kind: "cancel", by: "ada", now }).thenNothing();
    given(decider, claimed, ended).when({ kind: "claim", worker: "two", now: later, until: later }).thenNothing();
    given(decider, claimed, ended).when({ kind: "progress", worker: "one", until: later, made }).thenNothing();
  });
});
