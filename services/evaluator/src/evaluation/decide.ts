import type { Judgement } from "@ratchet/gate";
import { judge } from "../judge/judge.ts";
import type { WeighableQuestion } from "./ask.ts";
import type { Weighed } from "./weigh.ts";

/** Decides a question by what has been weighed. */
export const decide = (
  { version, champion, votedToDeploy, policy }: WeighableQuestion,
  { weighing, use }: Weighed,
): Judgement => judge({ version, champion, votedToDeploy, weighing, use }, policy);
