import type { DeploymentRecord } from "@ratchet/contracts";
import { goalOf } from "./goal.ts";

/**
 * What a publication is called at the deployment service, which tells it back: its own ids are known only to who has got the
 * answer, and what it calls the latest may be one before. The digest says to a person what was published.
 */
export const nameOfPublication = (
  record: Pick<DeploymentRecord, "release" | "former" | "turnedBack" | "command" | "underWay">,
): string => `package ${goalOf(record).package} for ${record.command.id} at ${record.underWay?.begunAt ?? "no time"}`;
