import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, openWord } from "../names.ts";

/** What lasts longer than one delivery, and has a record that says where it is. */
const processes = ["drop", "training", "judgement", "deployment"] as const;

export const processStuck = defineContract({
  type: "ratchet.process.stuck.v1",
  kind: "event",
  statedBy: ["data-watcher", "training-runner", "evaluator", "deployer"],
  description: "A process does not go on and its service cannot mend that; an operator can.",
  data: z.object({
    model: modelName,
    process: openWord(processes),
    about: z.string().min(1).describe("What it is of: a dropped file, a run's id, a model's version, an app."),
    state: openWord([]).describe("Where it stays."),
    since: z.iso.datetime(),
    reason: z.string().min(1).describe("Why it does not go on, in a sentence."),
    remedy: z.string().min(1).describe("What an operator can do about it."),
  }),
  subject: ({ model, process, about }) => `models/${model}/${process}s/${about}`,
  example: {
    model: "digits",
    process: "deployment",
    about: "inference-digits",
    state: "swapped",
    since: "2026-11-23T09:12:30.000Z",
    reason: "the champion pointer cannot be written: 403 AuthorizationPermissionMismatch",
    remedy: "give the deployer the role Storage Blob Data Contributor on the container champions; it goes on by itself",
  },
});
export type ProcessStuck = ReturnType<typeof processStuck.parse>;
