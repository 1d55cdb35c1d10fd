import type { Bar, FindingKind } from "@ratchet/contracts";

/** One comparison: what it would say, and by how much and how surely. */
export interface Comparison {
  readonly kind: FindingKind;
  readonly column?: string;
  /** Whether it is about a part of what another of its kind is about: it is said only where that does not stand out. */
  readonly isPart?: boolean;
  /** How likely as much is by chance, by itself. */
  readonly probability: number;
  readonly effect: number;
  readonly limit: number;
  readonly sentence: () => string;
  readonly bars: readonly Bar[];
}
