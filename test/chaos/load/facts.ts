/** A file that somebody put into `drops`, or tried to. */
export interface Drop {
  readonly model: string;
  readonly file: string;
  readonly contentSha256: string;
  readonly rows: number;
  /** Whether it keeps the schema and has rows enough to train on. */
  readonly good: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What storage said. Where nothing was heard it may be there or not. */
  outcome: "acknowledged" | "unknown";
}

/** What was done from outside: by what right things are as they are. */
export interface Facts {
  /** In the order in which they were made; those of one file one after the other. */
  readonly drops: Drop[];
  /** Files that somebody deleted, or tried to. */
  readonly deleted: Set<string>;
  /** Versions that somebody forced into production, as `model/version`. */
  readonly forced: Set<string>;
  /** Deeds by name: how many, and how many of them failed. */
  readonly deeds: Map<string, { done: number; failed: number }>;
}

export const createFacts = (): Facts => ({ drops: [], deleted: new Set(), forced: new Set(), deeds: new Map() });
