import {
  dataAdmitted,
  dataRefused,
  type Envelope,
  keptInModelView,
  type ModelView,
  messageFailed,
  modelJudged,
  modelPromoted,
  modelRolledBack,
  trainingEnded,
  trainingStarted,
} from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { championOf, evolve, modelOf, viewDeciderOf } from "./model-view.ts";

const at = (seconds: number, cause: string) => ({ source: "test", time: new Date(seconds * 1000), cause });
const contracts = [
  dataAdmitted,
  dataRefused,
  trainingStarted,
  trainingEnded,
  modelJudged,
  modelPromoted,
  modelRolledBack,
];
const judgedAgain = modelJudged.build({ ...modelJudged.example, decision: "hold" }, at(20, "judged again"));
const unheardOf: Envelope = {
  ...judgedAgain,
  id: "from-a-later-version",
  type: "ratchet.model.retired.v1",
  data: { model: "digits", reason: "old" },
};
const story: readonly Envelope[] = [
  ...contracts.map((contract, index) => contract.build(contract.example as never, at(index, String(index)))),
  judgedAgain,
  unheardOf,
];
/** The last of the story that changes production. */
const rolledBack = story.findIndex(({ type }) => type === modelRolledBack.type);
const fold = (events: readonly Envelope[]) => given(viewDeciderOf("digits"), ...events).state;
const sorted = (view: ModelView) =>
  JSON.parse(JSON.stringify(view), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  );

describe("a model's view", () => {
  test("is the same for any order and repetition of the same events", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...story], { minLength: story.length }),
        fc.array(fc.constantFrom(...story)),
        (shuffled, repeated) => {
          expect(sorted(fold([...shuffled, ...repeated]))).toEqual(sorted(fold(story)));
        },
      ),
    );
  });

  test("keeps the newest of each, in whatever order they are told", () => {
    const many = keptInModelView + 20;
    const told = Array.from({ length: many }, (_, index) => {
      const [id, when] = [String(index).padStart(16, "0"), at(index, String(index))];
      const ended = { ...trainingEnded.example, runId: `digits-${id}`, endedAt: when.time.toISOString() };
      return [
        dataAdmitted.build({ ...dataAdmitted.example, batch: id }, when),
        dataRefused.build(dataRefused.example, when),
        trainingStarted.build({ ...trainingStarted.example, runId: `digits-${id}` }, when),
        trainingEnded.build(ended, when),
        modelJudged.build({ ...modelJudged.example, version: String(index) }, when),
        modelPromoted.build({ ...modelPromoted.example, version: String(index) }, when),
      ];
    });
    const view = fold(told.flat());
    for (const entries of [view.batches, view.refusals, view.runs, view.verdicts, view.releases])
      expect(Object.keys(entries)).toHaveLength(keptInModelView);
    expect(view.verdicts["19"]).toBeUndefined();
    expect(view.verdicts["20"]).toBeDefined();
    expect(view.runs["digits-0000000000000020"]).toMatchObject({ status: "completed", startedAt: expect.anything() });
    expect(championOf(view)).toMatchObject({ version: String(many - 1) });
    expect(sorted(fold(told.toReversed().flat()))).toEqual(sorted(view));
    expect(sorted(fold(told.flatMap((events) => events.toReversed())))).toEqual(sorted(view));
  });

  test("has the release of the latest change in production", () => {
    expect(championOf(fold(story))).toMatchObject({ version: "6", cause: "request" });
    expect(championOf(fold(story.slice(0, rolledBack)))).toMatchObject({ version: "7", cause: "verdict" });
  });

  test("shows a run as running until its end is told", () => {
    const [started, ended] = [trainingStarted, trainingEnded].map((contract) =>
      contract.build(contract.example as never, at(1, "c")),
    );
    if (!started || !ended) throw new Error("no events");
    const run = trainingStarted.example.runId;
    expect(fold([started]).runs[run]?.status).toBe("running");
    expect(fold([ended, started]).runs[run]?.status).toBe("completed");
  });

  test("shows a run's number as the registry has confirmed it, else as it was meant", () => {
    const started = trainingStarted.build({ ...trainingStarted.example, version: "6" }, at(1, "c"));
    const ended = trainingEnded.build({ ...trainingEnded.example, version: "7" }, at(2, "c"));
    const { version: _, ...failure } = { ...trainingEnded.example, status: "failed", reason: "exit code 1" };
    const failed = trainingEnded.build(failure, at(2, "c"));
    const run = trainingStarted.example.runId;
    for (const events of [
      [started, ended],
      [ended, started],
      [started, ended, started],
    ])
      expect(fold(events).runs[run]?.version).toBe("7");
    expect(fold([started, failed]).runs[run]?.version).toBe("6");
    expect(fold([failed, started]).runs[run]?.version).toBe("6");
  });

  test("has the latest verdict on a version that was judged again, whichever is told last", () => {
    const judged = modelJudged.build(modelJudged.example, at(4, "4"));
    for (const told of [
      [judged, judgedAgain],
      [judgedAgain, judged],
    ])
      expect(fold(told).verdicts["7"]).toMatchObject({ decision: "hold", judgedAt: "1970-01-01T00:00:20.000Z" });
  });

  test("is the very same after an event that tells nothing of a model, or is of a type from later on", () => {
    const view = fold(story);
    expect(evolve(view, messageFailed.build(messageFailed.example, at(9, "c")))).toBe(view);
    expect(evolve(view, unheardOf)).toBe(view);
  });

  test("is of the model that an event it knows names, and of none for all others", () => {
    expect(story.map(modelOf)).toEqual([...contracts.map(() => "digits"), "digits", undefined]);
    expect(modelOf(messageFailed.build(messageFailed.example, at(9, "c")))).toBeUndefined();
    expect(modelOf({ ...judgedAgain, data: { model: "../elsewhere" } })).toBeUndefined();
  });
});
