import type { Definition } from "@ratchet/contracts";
import { type ScorePolicy, scorePolicyOf } from "@ratchet/gate";

/** What a model's gate asks for: of scores, and of what was before. Durations in milliseconds. */
export interface Policy extends ScorePolicy {
  readonly holdoutMaxAge: number;
  readonly cooldown: number;
  readonly triggerRequired: boolean;
}

export function policyOf({ gate }: Pick<Definition, "gate">): Policy {
  const { holdoutMaxAge, cooldown } = gate;
  return { ...scorePolicyOf({ gate }), holdoutMaxAge, cooldown, triggerRequired: gate.triggerFile === "required" };
}
