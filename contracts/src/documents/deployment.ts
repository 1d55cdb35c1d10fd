import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { modelName, modelVersion, openWord, sha256 } from "../names.ts";
import { exampleRelease, release } from "./champion.ts";

/** What a deployment is because of. `restore`: production was found without its champion. */
const wishKinds = ["promote", "force", "code", "roll-back", "restore"] as const;

/** What is asked of an app: a command as far as a deployment needs to know it. */
const wish = z.object({
  /** Id of the command. */
  id: z.string().min(1),
  kind: openWord(wishKinds),
  model: modelName,
  /** The version that is to serve; of a rollback, the one that is to be taken out. */
  version: modelVersion.optional(),
  code: sha256.optional(),
  reason: z.string().optional(),
  requestedBy: z.string().optional(),
  traceparent: z.string().optional(),
});
export type Wish = z.infer<typeof wish>;

/** An event as it is to be stated, word for word, however late. */
const keptEvent = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  time: z.iso.datetime(),
  /** Id of the command that it follows from. */
  cause: z.string().min(1),
  traceparent: z.string().optional(),
  data: z.record(z.string(), z.json()),
});

/** Where a deployment is. From `recorded` on it has ended; what is left is to say so, and to ask again for what waited. */
const states = [
  "intended",
  "publishing",
  "staged",
  "restarting",
  "proven",
  "swapping",
  "swapped",
  "verified",
  "recorded",
  "announced",
  "given-up",
  "failed",
] as const;

/**
 * The deployment of an app, under way or the last: `champions/deployments/<app>.json`, owned by the deployer. What is about to
 * be done is written here before it is done.
 */
export const deploymentRecord = defineDocument({
  name: "deployment",
  description: "What an app is to serve, how far that is, and what waits.",
  schema: z.object({
    app: z.string().min(1),
    model: modelName,
    /** Counts the steps of all deployments to the app: a message for an earlier one comes too late. */
    step: z.number().int().min(0),
    command: wish,
    /** What is to serve. */
    release,
    /** The champion when it was intended: what serves again where this one fails. */
    former: release.nullable(),
    state: z.enum(states),
    since: z.iso.datetime(),
    /** Set once the release has failed in production, and the former one is to serve again: why. */
    turnedBack: z.string().optional(),
    /** How often it was looked at in this state. */
    looks: z.number().int().min(0),
    /** What was begun on App Service: written before it is begun, and once more when it is accepted. */
    underWay: z
      .object({
        /** How often it was begun. */
        tries: z.number().int().min(1),
        begunAt: z.iso.datetime(),
        accepted: z.boolean(),
        /** The deployment service's own id of a publication. */
        publication: z.string().optional(),
      })
      .optional(),
    /** How often it began from the front, because the slots were no longer as it had left them. */
    rounds: z.number().int().min(0),
    /** Since when the app says that it has failed. */
    failedSince: z.iso.datetime().optional(),
    /** Why it does not go on; of one that has ended without serving, why. */
    why: z.string().optional(),
    /** Whether it was said that it does not go on. */
    saidStuck: z.boolean(),
    /** The step that failed, and in which state: its message, replayed, tries again. */
    failed: z.object({ step: z.number().int().min(0), state: z.enum(states) }).optional(),
    /** Where it serves, once that was verified. */
    endpoint: z.url().optional(),
    /** Whether, after its end, what waited was asked for again. */
    settled: z.boolean(),
    /** Commands that came meanwhile, in their order, bounded. */
    waiting: z.array(wish),
    /** Events that the topic has not taken yet, in their order; of this deployment and of those before it. */
    events: z.array(keptEvent),
    /** When somebody should look again; absent where there is nothing left to do. */
    lookAt: z.iso.datetime().optional(),
  }),
  example: {
    app: "inference-digits",
    model: "digits",
    step: 21,
    command: {
      id: "4272be85143167ef0cbfe50baba5903e",
      kind: "force",
      model: "digits",
      version: "7",
      code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      reason: "the fair is tomorrow",
      requestedBy: "operator@example.com",
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
    release: exampleRelease("7"),
    former: exampleRelease("6"),
    state: "swapping",
    since: "2026-11-23T09:12:30.000Z",
    turnedBack: "for golden row 0 it predicts scores 11, not 10 within 0.001",
    looks: 3,
    underWay: { tries: 1, begunAt: "2026-11-23T09:12:30.000Z", accepted: true, publication: "5c3a" },
    rounds: 0,
    failedSince: "2026-11-23T09:12:31.000Z",
    why: "production does not answer: it answers 503",
    saidStuck: false,
    failed: { step: 9, state: "staged" },
    endpoint: "https://inference-digits.azurewebsites.net",
    settled: false,
    waiting: [{ id: "c1c73895821912732383c055b7770ec5", kind: "roll-back", model: "digits", version: "7" }],
    events: [
      {
        id: "831e1650001e001b66abeeb76e069631",
        type: "ratchet.model.promoted.v1",
        time: "2026-11-23T09:00:00.000Z",
        cause: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        data: { model: "digits", version: "6" },
      },
    ],
    lookAt: "2026-11-23T09:12:33.000Z",
  },
});
export type DeploymentRecord = DocumentOf<typeof deploymentRecord>;
