import type { DeploymentRecord } from "@ratchet/contracts";
import type { Log } from "@ratchet/messaging";
import type { Deployer } from "../deployer.ts";

/** A step of a deployment that is being taken. */
export interface Taking {
  readonly deployer: Deployer;
  /** The record by which it was decided. */
  readonly record: DeploymentRecord;
  readonly now: Date;
  readonly log: Log;
}
