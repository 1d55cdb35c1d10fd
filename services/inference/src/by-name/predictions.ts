import type { Tensors } from "../protocol/tensors.ts";
import type { NamedModel } from "./columns.ts";

/** What a model says of a row. */
export type Prediction =
  | { readonly value: number | null }
  /** `probability` is the label's own. */
  | {
      readonly label: string;
      readonly probability: number | null;
      readonly probabilities: Readonly<Record<string, number | null>>;
    }
  /** Of a model that gives class indices alone. */
  | { readonly label: string };

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** By softmax, kept from overflow by the largest. */
function softmax(scores: readonly number[]): readonly number[] {
  const largest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** The first of the likeliest, as when the model was judged. */
function likeliest(scores: readonly number[]): number {
  let best = 0;
  for (const [index, score] of scores.entries()) if (score > (scores[best] ?? score)) best = index;
  return best;
}

/**
 * A model's output row by row, in words.
 * @throws {RangeError} when it gave another number of values than rows need, or a class that there is not.
 */
export function predictionsOf(results: Tensors, rows: number, model: NamedModel): readonly Prediction[] {
  const { output, classes, givesProbabilities } = model;
  const tensor = results[output.name];
  const values = Array.from(tensor?.values ?? [], Number);
  const givesLabels = classes !== undefined && tensor?.datatype.startsWith("INT") === true;
  const width = classes === undefined || givesLabels ? 1 : classes.length;
  if (values.length !== rows * width)
    throw new RangeError(`${output.name} has ${values.length} values for ${rows} rows instead of ${rows * width}`);
  if (classes === undefined) return values.map((value) => ({ value: finite(value) }));
  const labelAt = (index: number): string => {
    const label = classes[index];
    if (label === undefined) throw new RangeError(`${output.name} has the class ${index}; there are ${classes.length}`);
    return label;
  };
  if (givesLabels) return values.map((index) => ({ label: labelAt(index) }));
  return Array.from({ length: rows }, (_, row) => {
    const scores = values.slice(row * width, (row + 1) * width);
    const probabilities = givesProbabilities ? scores : softmax(scores);
    const best = likeliest(scores);
    return {
      label: labelAt(best),
      probability: finite(probabilities[best] ?? Number.NaN),
      probabilities: Object.fromEntries(
        classes.map((name, index) => [name, finite(probabilities[index] ?? Number.NaN)]),
      ),
    };
  });
}
