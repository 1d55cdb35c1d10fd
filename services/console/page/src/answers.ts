import type { AuditEntry, LetterOperation, ModelView } from "@ratchet/contracts";
import type { KeptLetter, Letter, LetterGroup, PlaceCount, SchemaFault } from "@ratchet/operators";

export type { AuditEntry, KeptLetter, LetterGroup, LetterOperation, ModelView, SchemaFault };

/** As much of what the console answers as the page reads. */

export interface Standing {
  readonly model: string;
  readonly task: string;
  readonly champion: { readonly version: string; readonly since: string; readonly endpoint: string } | null;
  readonly frozen: { readonly since: string; readonly reason: string } | null;
  readonly deployment: { readonly version: string; readonly state: string; readonly why: string | null } | null;
  readonly batches: number;
  readonly waiting: number;
  readonly withdrawn: number;
  readonly quarantined: number;
  readonly refused: { readonly files: number; readonly last: string | null };
  readonly running: string | null;
  readonly trainingWaits: { readonly reason: string; readonly until: string } | null;
  readonly lastVerdict: {
    readonly version: string;
    readonly decision: string;
    readonly reasons: readonly string[];
    readonly judgedAt: string;
  } | null;
}

export interface Overview {
  readonly by: string;
  readonly local: boolean;
  readonly models: readonly Standing[];
  readonly letters: number;
  readonly groups: readonly LetterGroup[];
  readonly operations: readonly LetterOperation[];
}

export interface Run {
  readonly model: string;
  readonly runId: string;
  readonly version: string | null;
  readonly status: string;
  readonly because: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly judgedAt: string | null;
  readonly decision: string | null;
  readonly promotedAt: string | null;
  readonly why: string | null;
}

export interface Model {
  readonly standing: Standing;
  readonly view: ModelView | null;
  readonly runs: readonly Run[];
}

export interface Batch {
  readonly batch: string;
  readonly file: string;
  readonly admittedAt: string;
  readonly state: "admitted" | "waiting" | "quarantined" | "withdrawn";
  readonly rows?: { readonly train: number; readonly holdout: number };
  readonly withdrawn?: { readonly reason: string };
  readonly quarantined?: { readonly finding: string };
}

export interface LetterInList {
  readonly id: string;
  readonly place: string;
  readonly type: string;
  readonly reason: string;
  readonly since: string;
  readonly replays: number;
  readonly model?: string;
  readonly run?: string;
}

export interface Letters {
  readonly total: number;
  readonly letters: readonly LetterInList[];
  readonly groups: readonly LetterGroup[];
  readonly places: readonly PlaceCount[];
}

export interface OneLetter {
  readonly letter: Letter;
  readonly reason: string;
  readonly group: string;
  readonly faults: readonly SchemaFault[];
  readonly about: {
    readonly model?: string;
    readonly run?: string;
    readonly version?: string;
    readonly trace?: string;
  };
}

export interface Queue {
  readonly name: string;
  readonly description: string;
  readonly receiver: string;
  readonly letters: number;
  readonly inLastHour: number;
  readonly oldest: string | null;
}
