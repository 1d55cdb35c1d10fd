import type { AdmittedBatch, ChampionPointer, Verdict } from "@ratchet/contracts";

/** Records as the services write them, of one model that was admitted, judged and put into production. */

const sha = (digit: string) => digit.repeat(64);
const batch = "3f1c9a0b5d7e2468";
const at = "2026-11-23T09:00:00.000Z";
const onnx = { container: "runs", path: "digits-6/model/model.onnx" };

export const testBatches: readonly AdmittedBatch[] = [
  { batch, file: "digits/monday.csv", admittedAt: at },
  { batch: "a1b2c3d4e5f60718", file: "digits/tuesday.csv", admittedAt: at },
];

/** Version 7 is held back. */
export const testVerdict: Verdict = {
  model: "digits",
  version: "7",
  champion: "6",
  decision: "hold",
  reasons: ["accuracy 0.95 against 0.94 on 612 rows: the difference may be chance"],
  comparison: {
    metric: "accuracy",
    challenger: 0.95,
    champion: 0.94,
    improvement: 0.01,
    lowerBound: -0.01,
    alpha: 0.0025,
    rows: 612,
    method: "paired-bootstrap",
  },
  metrics: {},
  guardrails: [],
  slices: [],
  holdout: { batches: [batch], rows: 612, digest: sha("d"), attempt: 1, budget: 20 },
  policy: {},
  onnx: { ...onnx, sha256: sha("b"), bytes: 100 },
  signature: {
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 784] }],
    outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 10] }],
  },
  golden: { input: "features", output: "scores", rows: [[0]], expected: [[1]], tolerance: 0.001 },
  trainedOn: [batch],
  definitionVersion: "1f2e3d4c5b6a7980",
  cause: "a command",
  judgedAt: at,
};

/** Version 6 serves. */
export const testChampion: ChampionPointer = {
  model: "digits",
  champion: {
    version: "6",
    code: sha("c"),
    package: sha("a"),
    trainedOn: [batch],
    onnx,
    verdict: "digits/6.json",
    promotedAt: at,
  },
  previous: null,
  withdrawn: [],
  endpoint: "https://localhost:7071",
};
