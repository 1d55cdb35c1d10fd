import { z } from "zod";
import { type DocumentOf, defineDocument, type Upgrade } from "../document.ts";
import { modelName, modelVersion, runId } from "../names.ts";
import { beyondBudget } from "./beyond-budget.ts";
import { datasetRef, exampleDataset } from "./dataset.ts";

const reason = z.enum(["data", "schedule", "request"]);

/** Format 1 listed batches. What waited then is trained on all that is admitted, of which they are. */
const toPositions: Upgrade = ({ running, waiting, last, ...rest }) => {
  const without = (one: unknown) => {
    const { batches: _, ...others } = one as { readonly batches?: unknown };
    return others;
  };
  return {
    ...rest,
    running: running && without(running),
    waiting: waiting && without(waiting),
    last: last && without(last),
  };
};

/** The training slot of a model: `training/<model>/slot.json`, owned by the training-runner. One run holds it at a time. */
export const trainingSlot = defineDocument({
  name: "training slot",
  description: "Which run trains a model now, and what waits behind it.",
  upgrades: [toPositions],
  schema: z.object({
    model: modelName,
    /** The number that is proposed for the next run's model version; the registry may have gone on beyond it. */
    nextVersion: z.number().int().min(1),
    running: z
      .object({
        runId,
        version: modelVersion,
        /** What it trains on; absent in claims from before data was named by its digest. */
        dataset: datasetRef.optional(),
        definitionVersion: z.string(),
        warmStart: z.object({ version: modelVersion, runId }).nullable(),
        reason,
        again: z.string().optional(),
        coldStart: z.boolean().optional(),
        attempt: z.number().int().min(1).optional(),
        attempts: z.number().int().min(1).optional(),
        beyondBudget: beyondBudget.optional(),
        startTimeout: z.number().int().optional(),
        /** The id of the train-model message that claimed the slot. */
        command: z.string(),
        /** Which claim of the slot this is, from 1. */
        claim: z.number().int().min(1).optional(),
        claimedAt: z.iso.datetime(),
      })
      .nullable(),
    /** How many claims there have been. */
    claims: z.number().int().min(0).optional(),
    /** What was asked for while a run held the slot: one run, on all that was asked. */
    waiting: z
      .object({
        /** Up to where in the log of admissions it is to be trained on; all that is admitted where it is absent. */
        through: z.number().int().min(0).optional(),
        reason,
        again: z.string().optional(),
        /** It is to begin anew and not from the champion. */
        coldStart: z.boolean().optional(),
        /** Which attempt the run that comes of it is, where it is not the first. */
        attempt: z.number().int().min(1).optional(),
        beyondBudget: beyondBudget.optional(),
        /** When it is to be asked for again, should the slot be free then. */
        lookAt: z.iso.datetime().optional(),
        /** The model's budget is used up: since when it waits for that, and until when it has to. */
        held: z
          .object({
            since: z.iso.datetime(),
            until: z.iso.datetime(),
            reason: z.string(),
            told: z.boolean(),
            batches: z.number().int().min(1).optional(),
          })
          .optional(),
      })
      .nullable(),
    /** The run that held the slot last. */
    last: z.object({ runId, definitionVersion: z.string(), through: z.number().int().min(0).optional() }).nullable(),
    /** Runs that have ended, newest last, bounded: none of them runs again. */
    ended: z.array(runId),
    /** Those of them that did not complete: who asks for the same again gets another run. */
    uncompleted: z.array(runId).optional(),
    /** What runs have taken, in hours, newest last, bounded: the oldest are added up. */
    spent: z.array(z.object({ endedAt: z.iso.datetime(), hours: z.number().min(0) })).optional(),
    /** Hours that operators have allowed beyond the budget, newest last, bounded. */
    allowed: z
      .array(
        z.object({
          request: z.string(),
          hours: z.number().positive(),
          reason: z.string(),
          requestedBy: z.string().optional(),
          at: z.iso.datetime(),
        }),
      )
      .optional(),
    /** Claims that were given up one after the other, as their runs could not be submitted. */
    trouble: z
      .object({
        since: z.iso.datetime(),
        claims: z.number().int().min(1),
        reason: z.string(),
        definitionVersion: z.string(),
        told: z.boolean(),
      })
      .optional(),
    /** Jobs of the model that run though the slot does not know them, bounded, and whether an operator was told. */
    strays: z.array(z.object({ runId, since: z.iso.datetime(), told: z.boolean() })).optional(),
    /** Ids of the train-model messages taken in, newest last, bounded: a redelivered one is not a new wish. */
    commands: z.array(z.string()),
  }),
  example: {
    model: "digits",
    nextVersion: 8,
    running: {
      runId: "digits-0f1e2d3c4b5a6978",
      version: "7",
      dataset: exampleDataset,
      definitionVersion: "1f2e3d4c5b6a7980",
      warmStart: { version: "6", runId: "digits-1a2b3c4d5e6f7081" },
      reason: "request",
      again: "2026-11-23T08:59:00.000Z",
      coldStart: false,
      attempt: 1,
      attempts: 3,
      beyondBudget: { reason: "the fair is on Monday", requestedBy: "ada" },
      startTimeout: 86_400_000,
      command: "4272be85143167ef0cbfe50baba5903e",
      claim: 9,
      claimedAt: "2026-11-23T09:00:00.000Z",
    },
    claims: 9,
    waiting: {
      through: 18,
      reason: "data",
      again: "a request",
      coldStart: true,
      attempt: 2,
      beyondBudget: { reason: "the fair is on Monday", requestedBy: "ada" },
      lookAt: "2026-11-24T09:00:00.000Z",
      held: {
        since: "2026-11-23T09:00:00.000Z",
        until: "2026-11-24T09:00:00.000Z",
        reason: "101.5 of the 100 hours of training.budget are used up",
        told: true,
        batches: 301,
      },
    },
    last: { runId: "digits-1a2b3c4d5e6f7081", definitionVersion: "1f2e3d4c5b6a7980", through: 17 },
    ended: ["digits-1a2b3c4d5e6f7081"],
    uncompleted: ["digits-1a2b3c4d5e6f7081"],
    spent: [{ endedAt: "2026-11-23T08:00:00.000Z", hours: 1.5 }],
    allowed: [{ request: "r-1", hours: 10, reason: "the fair", requestedBy: "ada", at: "2026-11-23T08:30:00.000Z" }],
    trouble: {
      since: "2026-11-23T08:00:00.000Z",
      claims: 2,
      reason: "The compute 'gpu' does not exist",
      definitionVersion: "1f2e3d4c5b6a7980",
      told: true,
    },
    strays: [{ runId: "digits-2b3c4d5e6f708192", since: "2026-11-23T08:40:00.000Z", told: true }],
    commands: ["4272be85143167ef0cbfe50baba5903e"],
  },
});
export type TrainingSlot = DocumentOf<typeof trainingSlot>;
