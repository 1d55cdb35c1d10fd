import { type Random, randomOf } from "@ratchet/simulation/random";
import { type FaultKind, kindOf } from "./kinds.ts";

/** A fault that is to come. What it meets is found out when it comes: chance has said only which of those there are. */
export interface PlannedFault {
  /** Milliseconds after the first. */
  readonly at: number;
  readonly kind: FaultKind;
  /** Which of the processes, or ports, of its kind: from 0 to below 1. */
  readonly which: number;
  /** Milliseconds. */
  readonly lasts: number;
  /** How wrong a clock is, in milliseconds. */
  readonly wrong: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly count: number;
  /** Milliseconds from the first fault to the last. */
  readonly within: number;
  /** Those that may come, in any order. */
  readonly kinds: readonly FaultKind[];
  /** Milliseconds that a fault lasts at most. */
  readonly longest: number;
  /** Milliseconds between two faults after which the stack is gone for a while. */
  readonly betweenHeavy: number;
}

const second = 1000;
const fractions = 1_000_000;

function pickByWeight(random: Random, kinds: readonly FaultKind[]): FaultKind {
  let left = random.int(
    1,
    kinds.reduce((sum, kind) => sum + kindOf(kind).weight, 0),
  );
  for (const kind of kinds) {
    left -= kindOf(kind).weight;
    if (left <= 0) return kind;
  }
  throw new RangeError("there is no kind of fault to pick from");
}

/** The faults of a run, all from one seed: the same seed, the same faults in the same order. */
export function planOf(options: PlanOptions): readonly PlannedFault[] {
  const random = randomOf(options.seed);
  const kinds = [...options.kinds].sort();
  const lightOnes = kinds.filter((kind) => !kindOf(kind).heavy);
  let lastHeavy = Number.NEGATIVE_INFINITY;
  return Array.from({ length: options.count }, (_, index) => {
    const at = Math.round((index * options.within) / Math.max(1, options.count - 1));
    const isCalm = at - lastHeavy >= options.betweenHeavy;
    const kind = pickByWeight(random, isCalm || lightOnes.length === 0 ? kinds : lightOnes);
    const { heavy, lasts = 0 } = kindOf(kind);
    if (heavy) lastHeavy = at;
    const longest = Math.min(lasts * second, options.longest);
    return {
      at,
      kind,
      which: random.int(0, fractions - 1) / fractions,
      lasts: lasts === 0 ? 0 : random.span(second, Math.max(second, longest)),
      wrong: (random.chance(0.5) ? 1 : -1) * random.span(second, 10 * 60 * second),
    };
  });
}
