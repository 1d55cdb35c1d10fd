import { testScorePolicy } from "@ratchet/gate/testing";
import type { Policy } from "../judge/policy.ts";

/** A gate on accuracy, with what a test wants different. */
export const testPolicy = (different: Partial<Policy> = {}): Policy => ({
  ...testScorePolicy(),
  holdoutMaxAge: 90 * 86_400_000,
  cooldown: 0,
  triggerRequired: false,
  ...different,
});
