import type { AppliedDefinition, ChampionOnBatch } from "@ratchet/contracts";
import type { Log } from "@ratchet/messaging";
import type { Watcher } from "../watcher.ts";
import type { Drop } from "./dropped-blob.ts";

/** What one delivery works on a drop with. */
export interface WorkOnDrop {
  readonly watcher: Watcher;
  readonly applied: AppliedDefinition;
  readonly drop: Drop;
  /** The drop's name among the open ones. */
  readonly key: string;
  /** What the champion makes of the drop's batch, where it brings that. */
  readonly championOnBatch?: ChampionOnBatch | undefined;
  /** The time to decide by. */
  readonly now: Date;
  readonly log: Log;
}
