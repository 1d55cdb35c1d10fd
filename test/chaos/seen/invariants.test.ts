import { createHash } from "node:crypto";
import {
  advanceDeployment,
  batchIdOf,
  batchManifest,
  type Contract,
  championPointer,
  dataAdmitted,
  dataRefused,
  deploymentRecord,
  dropRecord,
  type Envelope,
  judgement,
  messageFailed,
  modelFrozen,
  modelPromoted,
  modelRolledBack,
  type Run,
  run,
  trainingSlot,
  verdict,
} from "@ratchet/contracts";
import type { DeadLetter } from "@ratchet/messaging";
import { allAdmissions } from "@ratchet/state";
import { describe, expect, test } from "vitest";
import { createFacts, type Facts } from "../load/facts.ts";
import { restlessness, whatIsBroken } from "./invariants.ts";
import type { ModelRecords, Seen } from "./seen.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const model = "alpha";
const content = sha256("rows");
const batch = batchIdOf(model, content);
const code = sha256("code");
const onnx = sha256("onnx");

const saying = <Data>(contract: Contract<string, Data>, data: Data, cause = "cause"): Envelope<Data> =>
  contract.build(data, { source: "deployer", cause, time: new Date("2026-11-23T09:00:00Z") });

const promotion = saying(modelPromoted, { ...modelPromoted.example, model, version: "1", code, previous: null });
const admission = saying(dataAdmitted, { ...dataAdmitted.example, model, batch, file: `${model}/a.csv` });
const refusal = saying(dataRefused, { ...dataRefused.example, model, file: `${model}/bad.csv` });

const dropOf = (file: string, phase: "admitted" | "refused" | "taken", lookAt: string | null = null) => ({
  ...dropRecord.example,
  model,
  file: `${model}/${file}`,
  phase,
  lookAt,
});
const underWay = { concludedAt: undefined, givenUp: undefined };
const judged = { ...judgement.example, model, version: "1", state: "said" as const };
const champion = { ...championPointer.example.champion, version: "1", code };
const deployed = {
  ...deploymentRecord.example,
  model,
  app: "inference-alpha",
  state: "announced" as const,
  settled: true,
  waiting: [],
  events: [],
  release: champion,
  lookAt: undefined,
};

const admitted = [
  {
    entry: { kind: "admitted", batch, file: `${model}/a.csv`, at: "2026-11-23T09:00:00.000Z" },
    position: 1,
  },
];
const nothingAdmitted = allAdmissions({ model, asked: 0 }, []);

const records: ModelRecords = {
  model,
  admissions: allAdmissions({ model, asked: 1 }, admitted),
  manifests: [{ ...batchManifest.example, model, batch, contentSha256: content, rows: { train: 3, holdout: 2 } }],
  drops: [dropOf("a.csv", "admitted"), dropOf("bad.csv", "refused")],
  runs: [
    {
      ...run.example,
      model,
      runId: "alpha-0f1e2d3c4b5a6978",
      version: "1",
      status: "completed",
      givenUp: undefined,
    },
  ],
  trainedOn: new Set([batch]),
  slot: { ...trainingSlot.example, model, running: null, waiting: null },
  verdicts: [{ ...verdict.example, model, version: "1", onnx: { ...verdict.example.onnx, sha256: onnx } }],
  judgements: [judged],
  pointer: { ...championPointer.example, model, champion, previous: null, frozen: undefined, thawed: undefined },
  deployment: deployed,
  served: { version: "1", code, onnx },
};

const calm: Seen = {
  files: new Map([
    [`${model}/a.csv`, content],
    [`${model}/bad.csv`, sha256("bad")],
  ]),
  models: [records],
  ledger: [promotion, admission, refusal],
  letters: [],
  undelivered: [],
  code,
  waiting: new Map([["train-model", { ready: 0, scheduled: 0 }]]),
};

function factsOf(change: (facts: Facts) => void = () => undefined): Facts {
  const facts = createFacts();
  const drop = { model, at: 1, outcome: "acknowledged" } as const;
  facts.drops.push(
    { ...drop, file: `${model}/a.csv`, contentSha256: content, rows: 5, good: true },
    { ...drop, file: `${model}/bad.csv`, contentSha256: sha256("bad"), rows: 0, good: false },
  );
  change(facts);
  return facts;
}

const heardOf = (events: readonly Envelope[]) => new Map(events.map((event) => [event.id, event]));

/** What is broken in the calm, once something of it is otherwise. */
function brokenBy(change: Partial<Seen>, facts = factsOf(), heard = change.ledger ?? calm.ledger): readonly string[] {
  return whatIsBroken({ ...calm, ...change }, facts, heardOf(heard)).map(({ sentence }) => sentence);
}

const withRecords = (change: Partial<ModelRecords>): Partial<Seen> => ({ models: [{ ...records, ...change }] });

const letter = (change: Partial<DeadLetter>): DeadLetter => ({
  queue: "data-dropped",
  sequenceNumber: "1",
  messageId: "m",
  envelope: undefined,
  body: {},
  failure: undefined,
  brokerReason: undefined,
  brokerDescription: undefined,
  enqueuedAt: undefined,
  firstFailedAt: undefined,
  attempts: [],
  sessionId: undefined,
  properties: {},
  replays: 0,
  ...change,
});

test("nothing is broken where all was admitted, trained on, judged, promoted and said", () => {
  expect(brokenBy({})).toEqual([]);
});

describe("it is seen that", () => {
  const pointer = records.pointer ?? expect.fail("there is a pointer");
  const { frozen } = championPointer.example;
  const [verdictThere] = records.verdicts;
  const [runThere] = records.runs;
  const rolledBack = saying(modelRolledBack, {
    ...modelRolledBack.example,
    model,
    version: "0",
    from: { version: "1", code },
    cause: "request",
  });
  test.each<[string, Partial<Seen>, RegExp]>([
    [
      "an acknowledged file is gone",
      { files: new Map([[`${model}/bad.csv`, sha256("bad")]]) },
      /a.csv was acknowledged and is not there/,
    ],
    [
      "a file has an earlier content",
      { files: new Map([...calm.files, [`${model}/a.csv`, sha256("old")]]) },
      /acknowledged and has an earlier content/,
    ],
    [
      "a good file was not admitted",
      withRecords({ admissions: nothingAdmitted, manifests: [] }),
      /a.csv was not admitted/,
    ],
    ["a bad file was not refused", { ledger: [promotion, admission] }, /bad.csv was neither admitted nor refused/],
    [
      "a batch has a manifest and is not admitted",
      withRecords({ admissions: nothingAdmitted }),
      /has a manifest and is not admitted/,
    ],
    [
      "a batch has lost rows",
      withRecords({
        manifests: [{ ...batchManifest.example, model, batch, contentSha256: content, rows: { train: 3, holdout: 1 } }],
      }),
      /has 4 of the 5 rows dropped/,
    ],
    ["an admission was not said", { ledger: [promotion, refusal] }, /said to be admitted 0 times/],
    [
      "an admission was said twice",
      { ledger: [...calm.ledger, saying(dataAdmitted, admission.data, "another")] },
      /said to be admitted 2 times/,
    ],
    ["a batch is in no run", withRecords({ trainedOn: new Set() }), /the admitted batch .* is in no run/],
    [
      "a run has no end",
      withRecords({ runs: [{ ...run.example, ...runThere, ...underWay, status: "submitted" }] }),
      /is submitted, and not all that follows was done/,
    ],
    [
      "what follows from a run's end was not done",
      withRecords({ runs: [{ ...run.example, ...runThere, ...underWay }] }),
      /is completed, and not all that follows was done/,
    ],
    [
      "a completed run was not judged",
      withRecords({ verdicts: [], pointer: undefined }),
      /has completed and alpha 1 was never judged/,
    ],
    [
      "the slot is held",
      withRecords({ slot: { ...trainingSlot.example, model, waiting: null } }),
      /the training slot of alpha is held/,
    ],
    [
      "training waits",
      withRecords({ slot: { ...trainingSlot.example, model, running: null } }),
      /training of alpha waits/,
    ],
    [
      "batches are pending",
      withRecords({ admissions: allAdmissions({ model, asked: 0 }, admitted) }),
      /are pending and nobody asks/,
    ],
    [
      "a drop goes no further",
      withRecords({ drops: [...records.drops, dropOf("a.csv", "taken", "2026-11-23T09:10:05.000Z")] }),
      /the drop alpha\/a.csv is taken and goes no further/,
    ],
    [
      "a judgement goes no further",
      withRecords({ judgements: [{ ...judged, state: "decided" }] }),
      /the judgement of alpha 1 is decided and goes no further/,
    ],
    [
      "a deployment goes no further",
      withRecords({ deployment: { ...deployed, state: "swapping", lookAt: "2026-11-23T09:12:33.000Z" } }),
      /the deployment of inference-alpha is swapping and goes no further/,
    ],
    [
      "a freeze was not said",
      withRecords({ pointer: { ...pointer, frozen } }),
      /alpha is frozen, and was said to be frozen 0 times and thawed 0 times/,
    ],
    [
      "a thaw was not said",
      { ledger: [...calm.ledger, saying(modelFrozen, { ...modelFrozen.example, model, version: "1" })] },
      /alpha is not frozen, and was said to be frozen 1 times and thawed 0 times/,
    ],
    [
      "production serves another version",
      withRecords({ served: { version: "2", code, onnx } }),
      /serves 2 .* and its pointer says 1/,
    ],
    [
      "the record of the last deployment tells of another release",
      withRecords({ deployment: { ...deployed, release: { ...champion, version: "2" } } }),
      /the record of inference-alpha says 2 .* and the pointer says 1/,
    ],
    ["production serves nothing", withRecords({ served: undefined }), /serves nothing/],
    [
      "production serves another ONNX",
      withRecords({ served: { version: "1", code, onnx: code } }),
      /another ONNX than was judged/,
    ],
    [
      "the champion was judged otherwise",
      withRecords({ verdicts: [{ ...verdict.example, ...verdictThere, decision: "reject" }] }),
      /is champion and was judged reject/,
    ],
    [
      "a promotion was never said",
      { ledger: [admission, refusal] },
      /was said to be replaced 1 times more|nothing was said to serve 1 times more/,
    ],
    [
      "a promotion was said twice",
      { ledger: [...calm.ledger, saying(modelPromoted, promotion.data, "another")] },
      /alpha 1 .* was said to serve 1 times more/,
    ],
    [
      "a rollback was said and the pointer has not moved",
      { ledger: [...calm.ledger, rolledBack] },
      /alpha 0 .* was said to serve 1 times more/,
    ],
    ["released code has not come to the champion", { code: sha256("newer") }, /serves, and .* is current/],
    ["an event was given up", { undelivered: ["ratchet/1.json"] }, /has given up an event/],
    ["a dead letter has no reason", { letters: [letter({})] }, /a dead letter of data-dropped has no reason/],
    [
      "an event tells of failing to record one",
      { ledger: [...calm.ledger, saying(messageFailed, { ...messageFailed.example, queue: "run-ledger" })] },
      /an event could not be recorded/,
    ],
  ])("%s", (_, change, sentence) => {
    expect(brokenBy(change)).toContainEqual(expect.stringMatching(sentence));
  });

  test("a subscriber and the record have not heard the same", () => {
    expect(brokenBy({}, factsOf(), [admission, refusal])).toEqual([
      expect.stringContaining("a subscriber never heard it"),
    ]);
    expect(brokenBy({}, factsOf(), [...calm.ledger, rolledBack])).toEqual([
      expect.stringContaining("it is in no record"),
    ]);
  });
});

describe("it is in order that", () => {
  test("a version that was judged otherwise is champion because somebody forced it, or because it was judged better before", () => {
    const [former] = records.verdicts;
    const hold = { ...verdict.example, ...former, decision: "hold" as const };
    expect(
      brokenBy(
        withRecords({ verdicts: [hold] }),
        factsOf((facts) => facts.forced.add("alpha/1")),
      ),
    ).toEqual([]);
    expect(brokenBy(withRecords({ verdicts: [hold, ...records.verdicts] }))).toEqual([]);
  });

  test("a deleted file is neither there nor admitted", () => {
    const gone = { ...withRecords({ admissions: nothingAdmitted, manifests: [] }), files: new Map() };
    const facts = factsOf(({ deleted }) => deleted.add(`${model}/a.csv`).add(`${model}/bad.csv`));
    expect(brokenBy({ ...gone, ledger: [promotion] }, facts)).toEqual([]);
  });

  test("the last upload of a file was not acknowledged, and either content is there", () => {
    const newer = { model, file: `${model}/a.csv`, contentSha256: sha256("newer"), rows: 5, good: true, at: 2 };
    const facts = factsOf(({ drops }) => drops.push({ ...newer, outcome: "unknown" }));
    expect(brokenBy({}, facts)).toEqual([]);
  });

  test("a deployment that failed does not go on while its step is a dead letter, nor does the code that it was to bring", () => {
    const step = saying(advanceDeployment, { ...advanceDeployment.example, model, app: "inference-alpha" });
    const failure = { service: "deployer", name: "StagingError", message: "m", attempts: 1, failedAt: "" };
    const letters = [
      letter({
        queue: "deploy-model",
        envelope: step,
        failure: failure as unknown as NonNullable<DeadLetter["failure"]>,
      }),
    ];
    const open = withRecords({ deployment: { ...deployed, state: "failed", lookAt: "2026-11-23T09:12:33.000Z" } });
    expect(brokenBy({ ...open, code: sha256("newer") })).toHaveLength(2);
    expect(brokenBy({ ...open, code: sha256("newer"), letters })).toEqual([]);
  });

  test("what a dead letter stands for is missing, and nothing else", () => {
    const envelope = {
      ...promotion,
      subject: `/blobServices/default/containers/drops/blobs/${model}/bad.csv`,
      data: {},
    };
    const failure = { service: "data-watcher", name: "UnknownModelError", message: "m", attempts: 1, failedAt: "" };
    const letters = [letter({ envelope, failure: failure as unknown as NonNullable<DeadLetter["failure"]> })];
    expect(brokenBy({ letters, ledger: [promotion, admission] })).toEqual([]);
    expect(brokenBy({ letters, ledger: [promotion, refusal] })).toEqual([
      expect.stringContaining("said to be admitted 0 times"),
    ]);
  });
});

test("a stack is not at rest while messages wait or a run is not concluded", () => {
  expect(restlessness(calm)).toEqual([]);
  const waiting = (queue: "train-model" | "training-ended", ready: number, scheduled: number): Seen => ({
    ...calm,
    waiting: new Map([[queue, { ready, scheduled }]]),
  });
  expect(restlessness(waiting("train-model", 1, 1))).toEqual(["2 in train-model"]);
  const claimed = { ...run.example, ...underWay, model, status: "claimed" as const };
  const withRun = (one: Run) => [{ ...records, runs: [one] }];
  expect(restlessness({ ...waiting("training-ended", 0, 1), models: withRun(claimed) })).toEqual([
    "1 in training-ended",
    `the run ${claimed.runId} is claimed, and not concluded`,
  ]);
  const givenUp = { at: "2026-11-23T09:30:00.000Z", reason: "no job has come of it" };
  expect(restlessness({ ...calm, models: withRun({ ...claimed, givenUp }) })).toEqual([]);
});

test("a look that is still to come is nothing to wait for where every run is concluded", () => {
  const waiting = (ready: number) => new Map([["training-ended" as const, { ready, scheduled: 2 }]]);
  expect(restlessness({ ...calm, waiting: waiting(0) })).toEqual([]);
  expect(restlessness({ ...calm, waiting: waiting(1) })).toEqual(["1 in training-ended"]);
});
