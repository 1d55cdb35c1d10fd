import {
  compare,
  type Draw,
  measure,
  type Pair,
  type RowsSaid,
  rowsSaid,
  studentQuantile,
} from "@ratchet/gate/testing";

/** Ways to say that a challenger is better: ours, and those that are usual. */
export const ways = ["ratchet", "bootstrap", "t-test", "point"] as const;
export type Way = (typeof ways)[number];

/** What a comparison is asked. */
export interface Question {
  readonly metric: string;
  readonly alpha: number;
}

/** What metrics are told beside scores. */
export const parameters = {
  classes: { a: 0, b: 1 },
  costs: [
    [0, 1, 1],
    [2, 0, 1],
    [2, 1, 0],
  ],
};

const resamples = 999;

/** The ratio of sums of rows drawn with replacement. */
function resampled({ numerators, denominators }: RowsSaid, draw: Draw): number {
  const rows = numerators.length;
  let above = 0;
  let below = 0;
  for (let count = 0; count < rows; count += 1) {
    const row = draw(rows);
    above += numerators[row] as number;
    below += denominators[row] as number;
  }
  return above / below;
}

/**
 * The percentile bootstrap: better where fewer than alpha of resamples are not. A metric that is no mean over rows is resampled
 * by what each row adds to it.
 * Source: B. Efron, Bootstrap methods: another look at the jackknife, Annals of Statistics 7, 1979.
 */
export function byBootstrap(said: RowsSaid, alpha: number, draw: Draw): boolean {
  const most = Math.floor(alpha * (resamples + 1)) - 1;
  let notBetter = 0;
  for (let resample = 0; resample < resamples; resample += 1) {
    if (resampled(said, draw) <= said.none) notBetter += 1;
    if (notBetter > most) return false;
  }
  return true;
}

/** Student's test of what rows say, paired. */
export function byStudent({ numerators, denominators, none }: RowsSaid, alpha: number): boolean {
  const rows = numerators.length;
  const said = numerators.map((value, row) => value - none * (denominators[row] as number));
  const mean = said.reduce((sum, value) => sum + value, 0) / rows;
  const variance = said.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1);
  return mean > studentQuantile(1 - alpha, rows - 1) * Math.sqrt(variance / rows);
}

const higherIsBetter = new Set(["accuracy", "balanced-accuracy", "macro-f1", "f1(b)", "auc", "r2"]);

/** The metric's value alone, as an evaluation with a change threshold of nothing has it. */
function byPoint(metric: string, { challenger, champion }: Pair): boolean {
  const [own, other] = [measure(metric, challenger, parameters), measure(metric, champion, parameters)];
  if (own === undefined || other === undefined) throw new RangeError(`scores carry no ${metric}`);
  return higherIsBetter.has(metric) ? own > other : own < other;
}

/** Ours: the lower bound is above no improvement. `refused` where there are too few rows to tell by. */
function byRatchet(pair: Pair, { metric, alpha }: Question, seed: string): boolean | "refused" {
  const compared = compare({ metric, parameters }, pair, alpha, seed);
  if (!compared) throw new RangeError(`scores carry no ${metric}`);
  return compared.tooFew ? "refused" : (compared.lowerBound ?? 0) > 0;
}

/** Asks one way. @throws {RangeError} when the scores carry no such metric. */
export function ask(way: Way, pair: Pair, question: Question, draw: Draw, seed: string): boolean | "refused" {
  if (way === "ratchet") return byRatchet(pair, question, seed);
  if (way === "point") return byPoint(question.metric, pair);
  const said = rowsSaid(question.metric, pair, parameters);
  if (!said) throw new RangeError(`scores carry no ${question.metric}`);
  return way === "t-test" ? byStudent(said, question.alpha) : byBootstrap(said, question.alpha, draw);
}
