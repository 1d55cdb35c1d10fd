import type { Machine } from "../lib/machine.ts";
import type { Audit } from "./seen/audit.ts";
import type { Executions } from "./seen/logs.ts";
import type { Memory } from "./seen/memory.ts";

/** Milliseconds. */
interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly last: number;
}

/** What many drops at once did to the stack. */
export interface Storm {
  readonly files: number;
  readonly models: number;
  /** How long uploading took, and how long it was meant to take. */
  readonly uploadSeconds: number;
  readonly wantedSeconds: number;
  /** Uploads a second of the same files to the same storage while nobody takes them in. */
  readonly uploadsPerSecondAlone: number;
  /** From the first upload to the last decision. */
  readonly seconds: number;
  /** From a file's upload to when it was said of it that it is admitted or refused. */
  readonly untilDecided: Spread;
  readonly audit: Audit;
  readonly runs: number;
  readonly judged: number;
  /** From the last decision until all was trained and judged, and no queue held a message. */
  readonly restSeconds: number;
  readonly cameToRest: boolean;
  readonly executions: Readonly<Record<string, Executions>>;
  readonly requestsPerFile: { readonly storage: number; readonly topic: number };
  /** Writes that found a document changed by somebody else, per file. */
  readonly lostRacesPerFile: number;
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Warnings and errors of the services, and how often. */
  readonly troubles: Readonly<Record<string, number>>;
  readonly memory: { readonly before: Memory; readonly peak: Memory; readonly after: Memory };
}

/** Many models. */
export interface ManyModels extends Storm {
  /** All of them, one after the other. */
  readonly applySeconds: number;
  /** Milliseconds of one, of the first and of the last tenth. */
  readonly applyFirst: number;
  readonly applyLast: number;
  readonly trainingsPerMinute: number;
}

/** What one drop costs. Each value is the median of several drops. */
export interface DropCost {
  readonly earlier: number;
  readonly milliseconds: number;
  readonly messages: number;
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
  /** Bytes by where they go and come from, e.g. "data-watcher writes batches". */
  readonly bytes: Readonly<Record<string, number>>;
  /** Requests by who asks what of where, e.g. "data-watcher: read batches". */
  readonly kinds: Readonly<Record<string, number>>;
}

/** Some of many drops, one after the other as they were decided. */
export interface DropStretch {
  readonly drops: number;
  /** By the clock. */
  readonly seconds: number;
  /** From upload to decision, the median. */
  readonly milliseconds: number;
  /** For each drop, by all services, and the bytes of their bodies. */
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
}

/** Many drops of one model that asks for no training. */
export interface ManyDrops {
  /** Each when the one before it is decided, or all as fast as they can be uploaded; with nobody who asks for a training. */
  readonly way: "in turn" | "at once" | "at once, all waiting";
  readonly drops: number;
  readonly writers: number;
  /** Of a file. */
  readonly bytes: number;
  /** From the first upload to the last decision. */
  readonly seconds: number;
  /** Tenths of them. */
  readonly stretches: readonly DropStretch[];
  /** Deliveries for each drop. */
  readonly messages: number;
  /** From the last decision until no queue held a message. */
  readonly drainSeconds: number;
  /** Writes that found a document changed by somebody else, per drop. */
  readonly lostRaces: number;
  readonly audit: Audit;
  /** Of the model's log of admissions: its lines, and the batches that they name. */
  readonly logEntries: number;
  readonly loggedBatches: number;
  readonly deadLetters: number;
}

/** What a training costs on so many batches. */
export interface TrainingCost {
  readonly batches: number;
  readonly seconds: number;
  readonly requests: number;
  /** What the names of the batches take in the message that asks for it; a message has at most 256 KB on Azure. */
  readonly commandBytes: number;
  readonly ended: boolean;
}

export interface History {
  readonly drops: readonly DropCost[];
  readonly trainings: readonly TrainingCost[];
}

/** What reading the ledger costs. */
export interface LedgerCost {
  readonly events: number;
  readonly models: number;
  readonly reads: readonly {
    readonly what: string;
    readonly milliseconds: number;
    readonly requests: number;
    readonly answerBytes: number;
  }[];
  /** Memory of the console at rest, and at most during all of these. */
  readonly consoleBefore: number;
  readonly consolePeak: number;
}

/** All of one run, as it is written to `results/storm.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly files?: Storm;
  readonly models?: ManyModels;
  readonly history?: History;
  readonly drops?: readonly ManyDrops[];
  readonly ledger?: readonly LedgerCost[];
}
