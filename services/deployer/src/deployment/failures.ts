import type { DeploymentRecord } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";

/** The release does not serve from the staging slot as it should; production was not touched. */
export class StagingError extends PermanentError {
  override readonly name = "StagingError";
}

/** The release does not serve from production as it should. */
export class VerificationError extends PermanentError {
  override readonly name = "VerificationError";
}

/** What a deployment failed with, by where it failed. */
export function failureOf(state: DeploymentRecord["state"], why: string): StagingError | VerificationError {
  const wasInProduction = state === "swapped" || state === "verified";
  return wasInProduction ? new VerificationError(why) : new StagingError(why);
}
