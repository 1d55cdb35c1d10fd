import { type ModelShape, type RaceModels, type ScoredApart, UnusableModelError } from "@ratchet/scoring";

/**
 * A model that is a few bytes of JSON: of two features, and right for a share of the rows that its quality says. It scores as a
 * real one would; what it was trained by does not matter here.
 */
interface StandInModel {
  /** The share of rows that it gets right. */
  readonly quality: number;
  /** Which rows those are. */
  readonly salt: number;
  /** Its training has diverged: it gives no numbers. */
  readonly diverged?: boolean;
}

export const standInModel = (model: StandInModel): Buffer => Buffer.from(JSON.stringify(model));

/** The class, 0 or 1, that a row of the two features truly has. */
export const truthOf = (first: number, second: number): number => (first + second) % 2;

/** A number from 0 up to 1 that follows from a row and a salt. */
function noise(first: number, second: number, salt: number): number {
  let hash =
    Math.imul(first ^ 0x9e37_79b9, 0x85eb_ca6b) ^
    Math.imul(second + 0x632b_e5ab, 0xc2b2_ae35) ^
    Math.imul(salt, 0x27d4_eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a_2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** The scores of both classes, row after row. */
export function scoresOf({ quality, salt }: StandInModel, features: ArrayLike<number>, rows: number): Float64Array {
  const scores = new Float64Array(rows * 2);
  for (let row = 0; row < rows; row += 1) {
    const first = features[row * 2] ?? 0;
    const second = features[row * 2 + 1] ?? 0;
    const truth = truthOf(first, second);
    const said = noise(first, second, salt) < quality ? truth : 1 - truth;
    scores[row * 2 + said] = 0.9;
    scores[row * 2 + 1 - said] = 0.1;
  }
  return scores;
}

export function readModel(bytes: Uint8Array): StandInModel {
  try {
    const model = JSON.parse(Buffer.from(bytes).toString("utf8")) as StandInModel;
    if (typeof model.quality === "number" && typeof model.salt === "number") return model;
  } catch {
    // Said below.
  }
  throw new UnusableModelError("the file is no ONNX model");
}

/** Opens a stand-in as the evaluator opens ONNX. */
export async function openStandIn(bytes: Uint8Array, { classes }: ModelShape): Promise<ScoredApart> {
  const model = readModel(bytes);
  return {
    signature: {
      inputs: [{ name: "features", datatype: "FP32", shape: [-1, 2] }],
      outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 2] }],
      ...(classes ? { classes: [...classes] } : {}),
    },
    input: "features",
    output: "scores",
    givesLabels: false,
    run: async (features, rows) => {
      if (model.diverged) throw new UnusableModelError("it gives scores that are not numbers");
      return scoresOf(model, features, rows);
    },
    memory: async () => bytes.byteLength,
    release: async () => undefined,
  };
}

/** They are all as fast. */
export const raceStandIns: RaceModels = async ({ models }) => models.map(() => Array.from({ length: 21 }, () => 1));
