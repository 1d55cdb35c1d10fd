import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { openWord } from "../names.ts";

const count = z.number().int().min(0);

/** What can be done with dead letters; each takes them out of where they are. */
export const letterActions = ["replay", "send-elsewhere", "edit", "archive", "restore", "purge"] as const;
export type LetterAction = (typeof letterActions)[number];

const letterOperationStates = ["running", "cancelling", "cancelled", "done"] as const;

/**
 * What an operator does with a fixed set of dead letters: `operations/dead-letters/<id>/operation.json`. Whoever has claimed it
 * works on it, and whoever finds it unclaimed goes on with it.
 */
export const letterOperation = defineDocument({
  name: "dead-letter operation",
  description: "What an operator does with a fixed set of dead letters, and how far it is.",
  schema: z.object({
    id: z.string().min(1),
    action: openWord(letterActions),
    state: openWord(letterOperationStates),
    by: z.string().min(1),
    at: z.iso.datetime(),
    reason: z.string().min(1),
    /** What was asked for, in words: a group, a filter, a number of letters. */
    selected: z.string(),
    /** Letters in the set. */
    total: count,
    /** The queue that they are sent to, where it is not their own. */
    to: z.string().optional(),
    /** Letters a second, at most. */
    rate: z.number().positive().optional(),
    /** What it was asked for is done with these. */
    done: count,
    /** Somebody else took these before their turn. */
    gone: count,
    /** Somebody else held these for too long: they are where they were. */
    held: count,
    /**
     * A worker stopped between sending and letting go of these, so long ago that the queue would not know a duplicate: they
     * are where they were, and an operator is to look whether they have arrived.
     */
    unsure: z.array(z.string()),
    /** Who works on it, and until when nobody else may. */
    worker: z.object({ name: z.string(), until: z.iso.datetime() }).optional(),
    cancelledBy: z.string().optional(),
    endedAt: z.iso.datetime().optional(),
    /** Why its last worker stopped before the end. */
    trouble: z.string().optional(),
  }),
  example: {
    id: "2026-11-23T09-00-00-000Z-0f1e2d3c",
    action: "replay",
    state: "running",
    by: "operator@example.com",
    at: "2026-11-23T09:00:00.000Z",
    reason: "the definition of weather is applied now",
    selected: "group 9f86d081884c7d65",
    total: 1200,
    to: "train-model",
    rate: 100,
    done: 700,
    gone: 2,
    held: 0,
    unsure: ["data-dropped/17"],
    worker: { name: "laptop/4711", until: "2026-11-23T09:00:37.000Z" },
    cancelledBy: "operator@example.com",
    endedAt: "2026-11-23T09:00:12.000Z",
    trouble: "the broker is away",
  },
});
export type LetterOperation = DocumentOf<typeof letterOperation>;

const letterEvent = z.looseObject({ id: z.string(), type: z.string(), subject: z.string() });

/** The set of an operation, fixed when it was asked for: `operations/dead-letters/<id>/selection.json`, written once, first. */
export const letterSelection = defineDocument({
  name: "dead-letter selection",
  description: "The dead letters that an operation is about, fixed when it was asked for.",
  schema: z.object({
    letters: z.array(z.object({ id: z.string().min(1), message: z.string(), about: z.string().optional() })).readonly(),
    /** Of an edit: the message that takes the letter's place. */
    edited: letterEvent.optional(),
  }),
  example: {
    letters: [{ id: "data-dropped/7", message: "831e1650-001e-001b-66ab-eeb76e069631", about: "models/weather" }],
    edited: { id: "c1c73895821912732383c055b7770ec5", type: "ratchet.train-model.v1", subject: "models/digits" },
  },
});
export type LetterSelection = DocumentOf<typeof letterSelection>;

/**
 * A step of an operation: `operations/dead-letters/<id>/steps/<page>.jsonl`. It is written before letters are sent or kept, and
 * says as well which of the steps before are done with: what was begun and not done may have been sent.
 */
export const letterStep = defineDocument({
  name: "dead-letter step",
  description: "Which letters an operation begins with, and which it is done with.",
  schema: z.object({
    at: z.iso.datetime(),
    begun: z.array(z.string()).readonly(),
    done: z.array(z.string()).readonly(),
    gone: z.array(z.string()).readonly().optional(),
  }),
  example: {
    at: "2026-11-23T09:00:02.000Z",
    begun: ["data-dropped/8"],
    done: ["data-dropped/7"],
    gone: ["data-dropped/9"],
  },
});
export type LetterStep = DocumentOf<typeof letterStep>;

/** A dead letter that was taken out of its queue and kept, as it was: `operations/archive/<place>/<number>.json`. */
export const archivedLetter = defineDocument({
  name: "archived letter",
  description: "A dead letter that was taken out of its queue and kept, as it was.",
  schema: z.object({
    letter: z.looseObject({ id: z.string(), place: z.string(), number: z.string(), message: z.string() }),
    by: z.string(),
    at: z.iso.datetime(),
    reason: z.string(),
    operation: z.string(),
    /** The id of the message that was sent in its place, where it was edited. */
    editedInto: z.string().optional(),
  }),
  example: {
    letter: {
      id: "data-dropped/7",
      place: "data-dropped",
      number: "7",
      message: "831e1650-001e-001b-66ab-eeb76e069631",
    },
    by: "operator@example.com",
    at: "2026-11-23T09:00:00.000Z",
    reason: "the file is gone",
    operation: "2026-11-23T09-00-00-000Z-0f1e2d3c",
    editedInto: "c1c73895821912732383c055b7770ec5",
  },
});
export type ArchivedLetter = DocumentOf<typeof archivedLetter>;

/** An entry of the audit, `operations/audit/<page>.jsonl`: who did what, when, why, and what came of it. Never changed. */
export const auditEntry = defineDocument({
  name: "audit entry",
  description: "Who did what, when, why, and what came of it.",
  schema: z.object({
    at: z.iso.datetime(),
    by: z.string().min(1),
    /** e.g. `replay`, `promote` */
    action: openWord([...letterActions, "promote", "roll-back", "freeze", "thaw", "withdraw", "train"]),
    /** What it was done to: `models/digits`, `3 dead letters`. */
    about: z.string(),
    reason: z.string(),
    /** `asked` when it begins, then what came of it in a sentence. */
    outcome: z.string(),
    /** The operation or the command that it began. */
    id: z.string().optional(),
  }),
  example: {
    at: "2026-11-23T09:00:00.000Z",
    by: "operator@example.com",
    action: "replay",
    about: "1,200 dead letters: group 9f86d081884c7d65",
    reason: "the definition of weather is applied now",
    outcome: "asked",
    id: "2026-11-23T09-00-00-000Z-0f1e2d3c",
  },
});
export type AuditEntry = DocumentOf<typeof auditEntry>;
