import type { ChampionPointer, DeploymentRecord, Release, ReleaseManifest, Verdict } from "@ratchet/contracts";

const sha = (digit: string): string => digit.repeat(64);

export const testManifest = (different: Partial<ReleaseManifest> = {}): ReleaseManifest => ({
  model: "digits",
  version: "7",
  code: sha("a"),
  onnx: sha("b"),
  signature: {
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 4] }],
    outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 3] }],
    classes: ["a", "b", "c"],
  },
  golden: {
    input: "features",
    output: "scores",
    rows: [
      [1, 2, 3, 4],
      [0, 0, null, 0],
    ],
    expected: [
      [10, 19, 28],
      [0, -1, -2],
    ],
    tolerance: 0.001,
  },
  ...different,
});

export const testRelease = (version: string, different: Partial<Release> = {}): Release => ({
  version,
  code: sha("a"),
  package: sha(version.slice(0, 1)),
  trainedOn: ["3f1c9a0b5d7e2468"],
  onnx: { container: "runs", path: `digits-${version}/model/model.onnx` },
  verdict: `digits/${version}.json`,
  promotedAt: "2026-11-23T09:00:00.000Z",
  cause: `promoted ${version}`,
  ...different,
});

export const testPointer = (different: Partial<ChampionPointer> = {}): ChampionPointer => ({
  model: "digits",
  champion: testRelease("6"),
  previous: testRelease("5"),
  withdrawn: [],
  endpoint: "https://inference-digits.azurewebsites.net",
  ...different,
});

export const testVerdict = (different: Partial<Verdict> = {}): Verdict => ({
  model: "digits",
  version: "7",
  champion: "6",
  decision: "promote",
  reasons: ["accuracy 0.97 against 0.94 on 612 rows: better by 0.03"],
  comparison: {
    metric: "accuracy",
    challenger: 0.97,
    champion: 0.94,
    improvement: 0.03,
    lowerBound: 0.01,
    alpha: 0.0025,
    rows: 612,
    method: "paired-bootstrap",
  },
  metrics: {},
  guardrails: [],
  slices: [],
  holdout: { batches: ["3f1c9a0b5d7e2468"], rows: 612, digest: sha("d"), attempt: 1, budget: 20 },
  policy: {},
  onnx: { container: "runs", path: "digits-7/model/model.onnx", sha256: sha("b"), bytes: 100 },
  signature: testManifest().signature,
  golden: testManifest().golden,
  trainedOn: ["3f1c9a0b5d7e2468"],
  definitionVersion: "1f2e3d4c5b6a7980",
  cause: "a command",
  judgedAt: "2026-11-23T09:00:00.000Z",
  ...different,
});

/** The deployment of version 7 in the place of version 6, as it is intended. */
export const testRecord = (different: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  app: "inference-digits",
  model: "digits",
  step: 1,
  command: { id: "promoted 7", kind: "promote", model: "digits", version: "7" },
  release: testRelease("7"),
  former: testRelease("6"),
  state: "intended",
  since: "2026-11-23T09:00:00.000Z",
  looks: 0,
  rounds: 0,
  saidStuck: false,
  settled: false,
  waiting: [],
  events: [],
  lookAt: "2026-11-23T09:00:00.000Z",
  ...different,
});
