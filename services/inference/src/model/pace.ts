import type { ReleaseManifest } from "@ratchet/contracts";
import { goldenInputs } from "./golden.ts";
import type { LoadedModel } from "./session.ts";

/** How long the event loop may be held by one run, in milliseconds: whoever asks meanwhile waits that long. */
const longestHold = 5;
const mostRows = 32;
const tries = 3;

/** How a model is to be run. */
export interface Pace {
  /** How many rows at once hold the event loop for no longer than is bearable. */
  readonly rowsAtOnce: number;
  /** A single row would hold it longer: all goes to threads beside it. */
  readonly besideTheLoop: boolean;
}

/** By what a row takes, as far as a few runs can tell: the quickest, since what is slower was held up by something else. */
export function paceOf(millisecondsPerRow: number): Pace {
  const rows = Math.floor(longestHold / millisecondsPerRow);
  return { rowsAtOnce: Math.max(1, Math.min(mostRows, rows)), besideTheLoop: rows < 1 };
}

/** Measures the first golden row. */
export async function measurePace(manifest: ReleaseManifest, model: LoadedModel): Promise<Pace> {
  const inputs = goldenInputs(manifest, model, 1);
  let quickest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < tries; run += 1) {
    const started = performance.now();
    await model.run(inputs);
    quickest = Math.min(quickest, performance.now() - started);
  }
  return paceOf(quickest);
}
