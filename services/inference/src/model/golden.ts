import type { ReleaseManifest } from "@ratchet/contracts";
import { createValues, datatypeRow } from "../protocol/datatypes.ts";
import { sizeOf, type Tensor, type TensorMetadata, type Tensors } from "../protocol/tensors.ts";
import type { LoadedModel } from "./session.ts";
import { UnservableModelError } from "./unservable.ts";

/** A tensor of nothing: zeros, or empty texts. */
function nothing({ datatype, shape }: TensorMetadata, rows: number): Tensor {
  const sizes = shape.map((size, axis) => (axis === 0 && size === -1 ? rows : Math.max(size, 1)));
  return { datatype, shape: sizes, values: createValues(datatype, sizeOf(sizes)) };
}

/** The first golden rows as a tensor of the input that they are for; the model's other inputs are zeros. */
export function goldenInputs({ golden }: ReleaseManifest, model: LoadedModel, count: number): Tensors {
  const { input, rows } = golden;
  const metadata = model.inputs.find(({ name }) => name === input);
  if (!metadata) throw new UnservableModelError(`the golden predictions are for an input ${input}; the model has none`);
  const chosen = rows.slice(0, count);
  const numbers = chosen.flat().map((value) => value ?? Number.NaN);
  const { kind } = datatypeRow(metadata.datatype);
  if (kind === "text")
    throw new UnservableModelError(`the golden predictions are numbers; the input ${input} takes texts`);
  const values = createValues(metadata.datatype, numbers.length) as { [index: number]: number | bigint };
  for (const [index, value] of numbers.entries()) values[index] = kind === "long" ? BigInt(value) : value;
  const shape = [
    chosen.length,
    ...metadata.shape.slice(1).map((size) => (size === -1 ? (chosen[0]?.length ?? 1) : size)),
  ];
  const others = model.inputs.filter(({ name }) => name !== input);
  return {
    ...Object.fromEntries(others.map((other) => [other.name, nothing(other, chosen.length)])),
    [input]: { datatype: metadata.datatype, shape, values: values as Float32Array },
  };
}

/**
 * The first run, which is also the proof that this model, on this machine, predicts what it predicted when judged.
 * @throws {UnservableModelError} when it predicts anything else.
 */
export async function proveGolden(manifest: ReleaseManifest, model: LoadedModel): Promise<void> {
  const { output, expected, tolerance } = manifest.golden;
  const count = Math.min(expected.length, 32);
  const result = (await model.run(goldenInputs(manifest, model, count)))[output];
  if (!result) throw new UnservableModelError(`the golden predictions are of an output ${output}; the model has none`);
  const wanted = expected.slice(0, count).flat();
  const differs = wanted.findIndex((value, index) => !(Math.abs(Number(result.values[index]) - value) <= tolerance));
  if (differs >= 0 || wanted.length !== result.values.length)
    throw new UnservableModelError(
      `the model does not reproduce its golden predictions: value ${differs} of ${output} is ${result.values[differs]}, not ${wanted[differs]} within ${tolerance}`,
    );
}
