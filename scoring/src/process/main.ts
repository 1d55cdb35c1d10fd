/** A process that scores with one model: it answers questions, and ends with whoever asks. */

import { race } from "../costs/race.ts";
import type { OnnxModel } from "../models/model.ts";
import { openModel } from "../models/onnx-model.ts";
import { UnusableModelError } from "../models/unusable-model.ts";
import type { Answer, Question } from "./messages.ts";

let model: OnnxModel | undefined;

/** The most that was resident, in bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;
const before = peak();

async function answer(question: Question): Promise<Answer> {
  if (question.kind === "open") {
    model = await openModel(question.onnx, question.shape);
    const { signature, input, output, givesLabels } = model;
    return { kind: "opened", signature, input, output, givesLabels };
  }
  if (question.kind === "race") return { kind: "raced", blocks: await race(question) };
  if (question.kind === "memory") return { kind: "memory", bytes: Math.max(0, peak() - before) };
  if (!model) throw new TypeError("no model was opened");
  return { kind: "outputs", values: await model.run(question.features, question.rows) };
}

const say = (said: Answer): void => void process.send?.(said);

process.on("message", (question: Question) => {
  answer(question).then(say, (error: unknown) => {
    // Anything else ends the process, which is an answer too.
    if (!(error instanceof UnusableModelError)) throw error;
    say({ kind: "unusable", message: error.message });
  });
});

process.on("disconnect", () => process.exit());

say({ kind: "ready" });
