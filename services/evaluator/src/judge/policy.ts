import type { Definition } from "@ratchet/contracts";
import { type ScorePolicy, scorePolicyOf } from "@ratchet/gate";

/** What a model's gate asks for: of scores, and of what was before. Durations in milliseconds. */
export interface Policy extends ScorePolicy {
  readonly holdoutMaxAge: number;
  readonly cooldown: number;
  readonly triggerRequired: boolean;
}

export function policyOf({ gate, data }: Pick<Definition, "gate" | "data">): Policy {
  const { holdoutMaxAge, cooldown } = gate;
  return {
    ...scorePolicyOf({ gate, data }),
    holdoutMaxAge,
    cooldown,
    triggerRequired: gate.triggerFile === "required",
  };
}
