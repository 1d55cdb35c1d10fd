import type { Rarest } from "../methods/method.ts";
import type { ClassifierScores } from "../scores.ts";
import { at } from "./metric.ts";

/** How many rows of each class there are, were predicted, and were predicted rightly. */
export interface Counts {
  readonly labelled: Int32Array;
  readonly predicted: Int32Array;
  readonly right: Int32Array;
}

export function countsOf({ rows, classes, labels, predicted: said }: ClassifierScores): Counts {
  const [labelled, predicted, right] = [new Int32Array(classes), new Int32Array(classes), new Int32Array(classes)];
  for (let row = 0; row < rows; row += 1) {
    const [label, prediction] = [at(labels, row), at(said, row)];
    (labelled[label] as number) += 1;
    (predicted[prediction] as number) += 1;
    if (label === prediction) (right[label] as number) += 1;
  }
  return { labelled, predicted, right };
}

/** The class that occurs least of those that occur. */
export function rarestClass({ rows, classes, labels }: ClassifierScores): Rarest | undefined {
  const labelled = new Int32Array(classes);
  for (let row = 0; row < rows; row += 1) (labelled[at(labels, row)] as number) += 1;
  const [rarest] = [...labelled.entries()].filter(([, count]) => count > 0).sort((a, b) => a[1] - b[1]);
  return rarest && { name: String(rarest[0]), rows: rarest[1] };
}

/** How often one class occurs, or all others do: whichever is less. */
export function rarerSide(index: number, name: string): (scores: ClassifierScores) => Rarest {
  return ({ rows, labels }) => {
    let of = 0;
    for (let row = 0; row < rows; row += 1) if (labels[row] === index) of += 1;
    return of <= rows - of ? { name, rows: of } : { name: `other than ${name}`, rows: rows - of };
  };
}
