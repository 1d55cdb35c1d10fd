/** A change to the code that no test noticed. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  /** What Stryker calls this kind of change. */
  readonly mutator: string;
  /** What stood there, on one line. */
  readonly original: string;
  readonly replacement: string;
  /** Whether any test runs the line at all. */
  readonly covered: boolean;
}

export interface AreaResult {
  readonly name: string;
  /** The commit that was looked at: areas are looked at one by one, and keep what was found of them. */
  readonly commit: string;
  /** The share of lines that was mutated. */
  readonly share: number;
  readonly killed: number;
  /** Mutants that never came to an end, which tests notice too. */
  readonly timedOut: number;
  readonly survived: number;
  /** Mutants in lines that no test runs. */
  readonly uncovered: number;
  readonly seconds: number;
  readonly survivors: readonly Survivor[];
}

/** All of one run, as it is written to `results/mutation.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly stryker: string;
  readonly areas: readonly AreaResult[];
}

export const mutants = ({ killed, timedOut, survived, uncovered }: AreaResult): number =>
  killed + timedOut + survived + uncovered;

/** The share of mutants that tests notice; NaN where there were none. */
export const score = (area: AreaResult): number => (area.killed + area.timedOut) / mutants(area);
