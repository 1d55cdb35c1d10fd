import type { ChampionPointer, DeploymentRecord } from "@ratchet/contracts";

/**
 * Whether a champion is to be deployed with the current code. Not again where just that has failed: an operator has the reason, and
 * other code or another champion will come.
 */
export function needsCode(
  { champion }: ChampionPointer,
  code: string,
  record: Pick<DeploymentRecord, "state" | "release"> | undefined,
): boolean {
  if (champion.code === code) return false;
  const hasFailed =
    record?.state === "failed" && record.release.version === champion.version && record.release.code === code;
  return !hasFailed;
}
