import { alphaPerAttempt, decidePair, type Judgement, weighPair } from "@ratchet/gate";
import { classifier, type Draw, seededDraw, testScorePolicy } from "@ratchet/gate/testing";
import { rateOf } from "../lib/rate.ts";
import type { Attack } from "./results.ts";

const rows = 2_000;
const tries = 20;
const policyOf = (reveal: "decision" | undefined) => testScorePolicy({ thresholds: [], reuseBudget: tries, reveal });

/** What is told of a challenger to whoever trains. */
type Told = (judgement: Judgement, improvement: number) => "good" | "bad" | "nothing";

const byDecision: Told = ({ decision }) => (decision === "reject" ? "bad" : "nothing");

const telling: Readonly<Record<string, readonly ["decision" | undefined, Told]>> = {
  "nothing, but for the one that is promoted": [undefined, () => "nothing"],
  "the decision": [undefined, byDecision],
  "the decision, at half the level a side (reveal: decision)": ["decision", byDecision],
  "all numbers": [undefined, (_, improvement) => (improvement > 0 ? "good" : "bad")],
};

/** Guesses that know nothing: right in half of the rows, whichever these are. */
const guesses = (draw: Draw): readonly boolean[] => Array.from({ length: rows }, () => draw(2) === 0);

/** What most of them say, the bad ones turned round; a guess where they are even or there is none. */
function majority(draw: Draw, kept: readonly (readonly boolean[])[]): readonly boolean[] {
  const own = guesses(draw);
  return own.map((guess, row) => {
    const votes = kept.reduce((sum, one) => sum + (one[row] ? 1 : -1), 0);
    return votes === 0 ? guess : votes > 0;
  });
}

/**
 * Submits guesses, keeps what is said to be good and turns round what is said to be bad, and submits their majority last: as good
 * as a coin on any other rows. Source: A. Blum and M. Hardt, The ladder: a reliable leaderboard for machine learning
 * competitions, 2015.
 * @returns whether any was promoted.
 */
function attack(draw: Draw, reveal: "decision" | undefined, told: Told, seed: string): boolean {
  const policy = policyOf(reveal);
  const champion = classifier(guesses(draw));
  const kept: (readonly boolean[])[] = [];
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const submitted = attempt === tries ? majority(draw, kept) : guesses(draw);
    const weighing = weighPair({ challenger: classifier(submitted), champion }, policy, [], `${seed} ${attempt}`);
    const judgement = decidePair(weighing, policy);
    if (judgement.decision === "promote") return true;
    const said = told(judgement, weighing.primary.improvement ?? 0);
    if (said !== "nothing") kept.push(said === "good" ? submitted : submitted.map((right) => !right));
  }
  return false;
}

export function measureAttacks(trials: number): readonly Attack[] {
  return Object.entries(telling).map(([told, [reveal, tell]]) => {
    const draw = seededDraw(told);
    let promoted = 0;
    for (let trial = 0; trial < trials; trial += 1) if (attack(draw, reveal, tell, `${trial}`)) promoted += 1;
    return { told, tries, rows, promoted: rateOf(promoted, trials) };
  });
}

/** What all tries together may be wrong with. */
export const promised = alphaPerAttempt(policyOf(undefined)) * tries;
