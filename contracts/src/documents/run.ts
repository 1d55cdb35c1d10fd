import { z } from "zod";
import { type DocumentOf, defineDocument, type Upgrade } from "../document.ts";
import { batchId, modelName, modelVersion, runId } from "../names.ts";
import { beyondBudget } from "./beyond-budget.ts";
import { datasetRef, exampleDataset } from "./dataset.ts";

/** What remains to be done about a run that has ended, each once and in this order. */
const conclusionSteps = ["register-model", "tell-end", "ask-for-verdict"] as const;
export type ConclusionStep = (typeof conclusionSteps)[number];

/** Format 1 listed the batches of every run; what it lists is what it was trained on. */
const toDataset: Upgrade = (former) => former;

/** One training run with its lineage: `training/<model>/runs/<runId>.json`, owned by the training-runner. */
export const run = defineDocument({
  name: "run",
  description: "One training run with its lineage.",
  upgrades: [toDataset],
  schema: z.object({
    model: modelName,
    runId,
    /** The number meant for the model that comes of it; once `register-model` is done, the one that the registry confirmed. */
    version: modelVersion,
    /** What it trains on. */
    dataset: datasetRef.optional(),
    /** The same, in runs from before data was named by its digest. */
    batches: z.array(batchId).min(1).optional(),
    definitionVersion: z.string(),
    codeSha256: z.string().optional(),
    warmStart: z.object({ version: modelVersion, runId }).nullable(),
    reason: z.enum(["data", "schedule", "request"]),
    status: z.enum(["claimed", "submitted", "completed", "failed", "canceled", "timed-out"]),
    /** The id of the train-model message that claimed the run, and its trace: the run's end goes on in the same trace. */
    command: z.string().optional(),
    traceparent: z.string().optional(),
    /** Which attempt at its input this is, from 1, and how many there are at most. */
    attempt: z.number().int().min(1).optional(),
    attempts: z.number().int().min(1).optional(),
    /** Who let it begin beyond the model's budget, and why. */
    beyondBudget: beyondBudget.optional(),
    /** How long its job may wait for a place on the compute, in milliseconds. */
    startTimeout: z.number().int().optional(),
    /** Which claim of the model's slot it is of: numbers of claims go up, as clocks may not. */
    claim: z.number().int().min(1).optional(),
    claimedAt: z.iso.datetime(),
    /** The claim came to nothing: what it was for waits in the slot again, or is trained by another run. */
    givenUp: z.object({ at: z.iso.datetime(), reason: z.string() }).optional(),
    submittedAt: z.iso.datetime().optional(),
    /** When a look first found the job past its queue: its timeout counts from here. */
    startedAt: z.iso.datetime().optional(),
    /** When a look last found the job waiting for a place. */
    queuedUntil: z.iso.datetime().optional(),
    /** Since when the workspace has not known the job that was submitted. */
    missingSince: z.iso.datetime().optional(),
    /** When somebody asked to cancel it. */
    cancelRequestedAt: z.iso.datetime().optional(),
    /** Its job is being stopped, and as what the run ends. */
    stopping: z
      .object({ status: z.enum(["failed", "timed-out"]), reason: z.string(), at: z.iso.datetime() })
      .optional(),
    /** The number of the look that is due, and when: whatever became of its message, somebody looks then. */
    look: z.number().int().min(1).optional(),
    lookAt: z.iso.datetime().optional(),
    /** Since when looks have been due and none was done, and whether an operator was told. */
    overdueSince: z.iso.datetime().optional(),
    toldOverdue: z.boolean().optional(),
    /** The message that is moving the run on, and since when: of several that could, one acts. */
    inHand: z.object({ by: z.string(), at: z.iso.datetime() }).optional(),
    endedAt: z.iso.datetime().optional(),
    failure: z.string().optional(),
    /** Whether the run wrote the file `trigger` beside its model. */
    votedToDeploy: z.boolean().optional(),
    /** What has been done about its end; absent in records from before that was written down. */
    concluded: z.array(z.enum(conclusionSteps)).optional(),
    /** When all of that was done; then its slot is freed. */
    concludedAt: z.iso.datetime().optional(),
  }),
  example: {
    model: "digits",
    runId: "digits-0f1e2d3c4b5a6978",
    version: "7",
    dataset: exampleDataset,
    definitionVersion: "1f2e3d4c5b6a7980",
    codeSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    warmStart: { version: "6", runId: "digits-1a2b3c4d5e6f7081" },
    reason: "data",
    status: "failed",
    command: "4272be85143167ef0cbfe50baba5903e",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    attempt: 1,
    attempts: 3,
    beyondBudget: { reason: "the fair is on Monday", requestedBy: "ada" },
    startTimeout: 86_400_000,
    claim: 9,
    claimedAt: "2026-11-23T09:00:00.000Z",
    givenUp: { at: "2026-11-23T10:00:00.000Z", reason: "no job has come of it" },
    submittedAt: "2026-11-23T09:00:02.000Z",
    startedAt: "2026-11-23T09:01:00.000Z",
    queuedUntil: "2026-11-23T09:00:30.000Z",
    missingSince: "2026-11-23T09:04:00.000Z",
    cancelRequestedAt: "2026-11-23T09:05:00.000Z",
    stopping: { status: "timed-out", reason: "still Running 1.5 h after it started", at: "2026-11-23T09:10:00.000Z" },
    look: 7,
    lookAt: "2026-11-23T09:13:00.000Z",
    overdueSince: "2026-11-23T09:11:00.000Z",
    toldOverdue: false,
    inHand: { by: "c1c73895821912732383c055b7770ec5", at: "2026-11-23T09:12:30.000Z" },
    endedAt: "2026-11-23T09:12:30.000Z",
    failure: "the job failed",
    votedToDeploy: false,
    concluded: ["tell-end"],
    concludedAt: "2026-11-23T09:12:31.000Z",
  },
});
export type Run = DocumentOf<typeof run>;
