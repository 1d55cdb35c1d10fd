import { championPointer, deploymentRecord, judgement, paths, run, trainingSlot, verdict } from "@ratchet/contracts";
import { azureBlobs, openIndex, readDefinition } from "@ratchet/state";
import { describe, expect, test } from "vitest";
import { makeDataset } from "../dataset/make-dataset.ts";
import type { Stores } from "../stores.ts";
import { useDigits } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";
import { removeData } from "./remove-data.ts";
import { sweepRetention } from "./sweep-retention.ts";

const digits = useDigits();
const day = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * day);

const apply = (retention: string) =>
  digits.world.apply(`${projectYaml(digits.model)}\nretention: { ${retention} }\n`, { "training/train.sh": "true" });
const sweep = async (days: number) => {
  await digits.forgetSweeps();
  const { log } = digits.world.delivery("a sweep", inDays(days));
  await sweepRetention(digits.world.runner, { now: inDays(days), log });
};

const runId = (number: number, of = digits.model) => `${of}-${String(number).padStart(16, "0")}`;
const onnxOf = (run: string) => ({ container: "runs", path: paths.runModel(run) });
const putOutput = async (run: string) => {
  await digits.world.put("runs", paths.runModel(run), "a model");
  await digits.world.put("runs", paths.runLog(run), "printed");
};
const runsLeft = async (of = digits.model) => [
  ...new Set((await digits.world.pathsOf("runs", `${of}-`)).map((path) => path.split("/")[0])),
];
const release = (number: number) => ({ ...championPointer.example.champion, onnx: onnxOf(runId(number)) });

describe("what a run has left", () => {
  test("goes when it is older than it is to be kept, and not before; its record stays", async () => {
    await apply("runs: 7d");
    await putOutput(runId(1));
    const record = { ...run.example, model: digits.model, runId: runId(1), status: "failed" as const };
    await digits.world.documents("training").write(paths.run(digits.model, runId(1)), run, record, "any");
    await sweep(6.9);
    expect(await digits.world.pathsOf("runs", runId(1))).toHaveLength(2);
    await sweep(7.1);
    expect(await runsLeft()).toEqual([]);
    expect(await digits.record(runId(1))).toMatchObject({ runId: runId(1) });
  });

  test("stays for ever where nothing is said", async () => {
    await apply("data: 2d");
    await putOutput(runId(1));
    await sweep(10_000);
    expect(await runsLeft()).toEqual([runId(1)]);
  });

  test("stays while it serves, can be taken back to, is deployed, waits to be, or is judged", async () => {
    const { model, world } = digits;
    await apply("runs: 7d");
    for (let number = 1; number <= 9; number += 1) await putOutput(runId(number));
    const { definition } = await readDefinition(world.service, model);
    const pointer = { ...championPointer.example, model, champion: release(1), previous: release(2), withdrawn: [] };
    await world.documents("champions").write(paths.champion(model), championPointer, pointer, "any");
    const waiting = [{ id: "w", kind: "promote", model, version: "5" }];
    const deploying = { ...deploymentRecord.example, model, release: release(3), former: release(4), waiting };
    const at = paths.deployment(definition.deploy.app);
    await world.documents("champions").write(at, deploymentRecord, deploying, "any");
    const wanted = { ...verdict.example, model, version: "5", onnx: { ...verdict.example.onnx, ...onnxOf(runId(5)) } };
    await world.documents("verdicts").write(paths.verdict(model, "5"), verdict, wanted, "any");
    for (const [number, state] of [
      [6, "held"],
      [7, "said"],
      [8, "superseded"],
    ] as const) {
      const version = String(number);
      const { asked } = judgement.example;
      const challenge = { ...asked.challenge, model, version, onnx: onnxOf(runId(number)) };
      const record = { ...judgement.example, model, version, state, asked: { ...asked, challenge } };
      await openIndex(azureBlobs(world.container("verdicts")), "judgements").mark(`${model}/${version}`);
      await world.documents("verdicts").write(paths.judgement(model, version), judgement, record, "any");
    }
    await sweep(8);
    expect(await runsLeft()).toEqual([1, 2, 3, 4, 5, 6].map((number) => runId(number)));
  });

  test("stays while its run holds the slot or is the last that did, is started from, or has not ended", async () => {
    const { model, world } = digits;
    await apply("runs: 7d");
    for (let number = 1; number <= 5; number += 1) await putOutput(runId(number));
    const { example } = trainingSlot;
    const warmStart = { version: "1", runId: runId(2) };
    const running = { ...(example.running as NonNullable<typeof example.running>), runId: runId(1), warmStart };
    const last = { runId: runId(3), definitionVersion: "d" };
    await world
      .documents("training")
      .write(paths.trainingSlot(model), trainingSlot, { ...example, model, running, last }, "any");
    const submitted = { ...run.example, model, runId: runId(4), status: "submitted" as const };
    await world.documents("training").write(paths.run(model, runId(4)), run, submitted, "any");
    await sweep(8);
    expect(await runsLeft()).toEqual([1, 2, 3, 4].map((number) => runId(number)));
  });

  test("goes from where it wrote it two days after it has ended, and stays there before that", async () => {
    const { model, world } = digits;
    await apply("data: 2d");
    const record = { ...run.example, model, runId: runId(1), status: "failed" as const };
    await world.documents("training").write(paths.run(model, runId(1)), run, record, "any");
    const open = { ...record, runId: runId(2), status: "submitted" as const };
    await world.documents("training").write(paths.run(model, runId(2)), run, open, "any");
    for (const number of [1, 2]) await world.put("outputs", paths.runModel(runId(number)), "a model");
    await sweep(1.9);
    expect(await world.pathsOf("outputs", `${model}-`)).toHaveLength(2);
    await sweep(2.1);
    expect(await world.pathsOf("outputs", `${model}-`)).toEqual([paths.runModel(runId(2))]);
  });

  test("of a model whose name begins with this one's is left alone", async () => {
    await apply("runs: 7d");
    const other = runId(1, `${digits.model}-more`);
    await putOutput(other);
    await sweep(8);
    expect(await runsLeft(`${digits.model}-more`)).toEqual([other]);
  });
});

describe("files of rows", () => {
  const rowsLeft = () => digits.world.pathsOf("datasets", `${paths.datasetParts(digits.model)}/`);
  const definitionOf = async () => (await readDefinition(digits.world.service, digits.model)).definition;
  const make = async (stores: Stores = digits.world.service, days = 0) => {
    const { model } = digits;
    const made = await makeDataset({ stores, model, definition: await definitionOf(), now: inDays(days) }, undefined);
    return made?.ref ?? expect.fail("there is no data");
  };

  test("go when no data set has named them for as long as they are kept, and are made anew where they are needed", async () => {
    await apply("data: 2d");
    const ref = await make();
    await sweep(1.9);
    expect(await rowsLeft()).toHaveLength(3);
    await sweep(2.1);
    expect(await rowsLeft()).toEqual([]);
    expect(await digits.world.pathsOf("datasets", `${digits.model}/${ref.digest}`)).toEqual([
      paths.dataset(digits.model, ref.digest),
    ]);
    expect(await make()).toEqual(ref);
    expect(await rowsLeft()).toHaveLength(3);
  });

  test("stay while the run that holds the slot has them", async () => {
    const { model, world } = digits;
    await apply("data: 2d");
    const ref = await make();
    const { example } = trainingSlot;
    const running = { ...(example.running as NonNullable<typeof example.running>), dataset: ref };
    await world
      .documents("training")
      .write(paths.trainingSlot(model), trainingSlot, { ...example, model, running }, "any");
    await sweep(3);
    expect(await rowsLeft()).toHaveLength(3);
    expect(await world.pathsOf("datasets", paths.datasetPartList(model, ref.digest))).toHaveLength(1);
  });

  test("stay that a data set takes up while they are being removed", async () => {
    const { model, world } = digits;
    await apply("data: 2d");
    await make();
    let isTakenUp = false;
    const stores: Stores = {
      documents: world.service.documents.bind(world.service),
      blobs(container) {
        const blobs = world.service.blobs(container);
        const remove: typeof blobs.remove = async (path, etag) => {
          if (!isTakenUp) await make(world.service, 3);
          isTakenUp = true;
          await blobs.remove(path, etag);
        };
        return { ...blobs, remove };
      },
    };
    await removeData(stores, model, await definitionOf(), inDays(1), world.delivery("a sweep", new Date()).log);
    expect(isTakenUp).toBe(true);
    expect(await rowsLeft()).toHaveLength(3);
  });

  test("have indexes, of which those by another definition go", async () => {
    await apply("data: 2d");
    await make();
    const former = await digits.world.pathsOf("indexes", `${digits.model}/`);
    await digits.world.apply(
      `${projectYaml(digits.model).replace("max: 255", "max: 256")}\nretention: { data: 2d }\n`,
      { "training/train.sh": "true" },
    );
    await make();
    const all = await digits.world.pathsOf("indexes", `${digits.model}/`);
    expect(all.length).toBe(2 * former.length);
    await sweep(2.1);
    expect(await digits.world.pathsOf("indexes", `${digits.model}/`)).toEqual(
      all.filter((path) => !former.includes(path)),
    );
  });
});
