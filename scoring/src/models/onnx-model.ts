import type { Signature } from "@ratchet/contracts";
import { OnnxFileError, readOnnxFile } from "@ratchet/onnx";
import { InferenceSession, type Tensor } from "onnxruntime-node";
import { feedingOf } from "./feeding.ts";
import type { ModelShape, OnnxModel } from "./model.ts";
import { UnusableModelError } from "./unusable-model.ts";

type TensorMetadata = Extract<InferenceSession.ValueMetadata, { readonly isTensor: true }>;

/** Open Inference Protocol's names of the types that a model for Ratchet may have. */
const datatypes: Readonly<Record<string, string>> = {
  float32: "FP32",
  float64: "FP64",
  int64: "INT64",
  int32: "INT32",
  bool: "BOOL",
  uint8: "UINT8",
  int8: "INT8",
  uint16: "UINT16",
  int16: "INT16",
  uint32: "UINT32",
  uint64: "UINT64",
};

const isTensor = (value: InferenceSession.ValueMetadata): value is TensorMetadata => value.isTensor;
const show = ({ name, type, shape }: TensorMetadata) => `${name} ${type} [${shape.join(", ")}]`;

/** What a model must look like, for those who have to change it. */
function wanted({ task, features, classes, names }: ModelShape): string {
  const outputs =
    task === "regression"
      ? "give one float tensor `prediction` [N] or [N, 1]"
      : `give one float tensor \`scores\` [N, ${classes?.length ?? "C"}], logits or probabilities, or one integer tensor [N] of class indices`;
  const others = names ? ", or one [N, 1] for each feature by its name" : "";
  return `a ${task} model must take one float tensor [N, ${features}], N being dynamic${others}, and ${outputs}`;
}

/** The output that is scored: the one with the task's name, or the only one. */
function outputOf(
  outputs: readonly InferenceSession.ValueMetadata[],
  { task, classes }: ModelShape,
): TensorMetadata | undefined {
  const named = outputs.find(({ name }) => name === (task === "classification" ? "scores" : "prediction"));
  const output = named ?? (outputs.length === 1 ? outputs[0] : undefined);
  if (!output || !isTensor(output)) return undefined;
  const [, width, ...more] = output.shape;
  const float = output.type === "float32" || output.type === "float64";
  const integer = output.type === "int64" || output.type === "int32";
  const single = width === undefined || width === 1 || typeof width === "string";
  if (more.length > 0 || output.shape.length === 0) return undefined;
  if (task === "regression") return float && single ? output : undefined;
  const scores = float && width !== undefined && (width === classes?.length || typeof width === "string");
  return scores || (integer && single) ? output : undefined;
}

function describe(tensors: readonly InferenceSession.ValueMetadata[]): Signature["inputs"] {
  return tensors.filter(isTensor).map(({ name, type, shape }) => ({
    name,
    datatype: datatypes[type] ?? type,
    shape: shape.map((size) => (typeof size === "number" ? size : -1)),
  }));
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws {UnusableModelError} when the file's digest does not cover all that the model is. */
function checkFile(onnx: Uint8Array): void {
  try {
    readOnnxFile(onnx);
  } catch (error) {
    if (error instanceof OnnxFileError) throw new UnusableModelError(error.message);
    throw error;
  }
}

/**
 * Opens a model in this process, in the runtime that will serve it. One thread, as in serving. What it then takes nothing bounds.
 * @throws {UnusableModelError} when it is no ONNX model of this shape; it says what the model must look like.
 */
export async function openModel(onnx: Uint8Array, shape: ModelShape): Promise<OnnxModel> {
  checkFile(onnx);
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
  } catch (error) {
    throw new UnusableModelError(`it is no ONNX model that ONNX Runtime can load: ${message(error)}`);
  }
  const feeding = feedingOf(session.inputMetadata, shape);
  const output = outputOf(session.outputMetadata, shape);
  if (!feeding || !output) {
    const has = (list: readonly InferenceSession.ValueMetadata[]) => list.filter(isTensor).map(show).join(", ");
    await session.release();
    throw new UnusableModelError(
      `it takes ${has(session.inputMetadata)} and gives ${has(session.outputMetadata)}; ${wanted(shape)}`,
    );
  }
  const givesLabels = shape.task === "classification" && output.type.startsWith("int");
  const perRow = givesLabels || shape.task === "regression" ? 1 : (shape.classes?.length ?? 1);
  return {
    signature: {
      inputs: describe(session.inputMetadata),
      outputs: describe(session.outputMetadata),
      ...(shape.classes ? { classes: [...shape.classes] } : {}),
    },
    input: feeding.input,
    output: output.name,
    givesLabels,
    async run(features, rows) {
      const feeds = feeding.feeds(features, rows);
      let data: Tensor["data"] | undefined;
      try {
        data = (await session.run(feeds, [output.name], { logSeverityLevel: 4 }))[output.name]?.data;
      } catch (error) {
        throw new UnusableModelError(`it fails on ${rows} held-out rows: ${message(error)}`);
      }
      const results = Float64Array.from(data as ArrayLike<number | bigint>, Number);
      if (results.length !== rows * perRow)
        throw new UnusableModelError(
          `${output.name} has ${results.length} values for ${rows} rows instead of ${rows * perRow}; ${wanted(shape)}`,
        );
      const broken = results.findIndex((value) => !Number.isFinite(value));
      if (broken >= 0)
        throw new UnusableModelError(
          `${output.name} is ${results[broken]} for a held-out row: its training has diverged, or it cannot take empty fields`,
        );
      return results;
    },
    release: () => session.release(),
  };
}
