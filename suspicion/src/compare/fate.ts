import type { Evidence, Fate, SuspicionPolicy } from "@ratchet/contracts";

/** What becomes of a batch. */
export function fateOf(
  { standsOut }: Pick<Evidence, "standsOut">,
  { suspicion }: Pick<SuspicionPolicy, "suspicion">,
): Fate {
  return !standsOut || suspicion === "off" ? "admit" : suspicion;
}
