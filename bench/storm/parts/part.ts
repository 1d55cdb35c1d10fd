import type { Results } from "../results.ts";
import type { DropsOptions } from "./drops.ts";
import type { HistoryOptions } from "./history.ts";
import type { LedgerOptions } from "./ledger.ts";
import type { ManyFilesOptions } from "./many-files.ts";
import type { ManyModelsOptions } from "./many-models.ts";

/** How much of each part is to be done. */
export interface PartOptions {
  readonly files?: ManyFilesOptions;
  readonly models?: ManyModelsOptions;
  readonly history?: HistoryOptions;
  readonly drops?: DropsOptions;
  readonly ledger?: LedgerOptions;
}

export type PartName = keyof PartOptions;

/** What a part has found. */
export type PartResult = Pick<Results, PartName>;
