import { readFile } from "node:fs/promises";
import {
  admission,
  admittedSide,
  batchManifest,
  type ChampionPointer,
  championPointer,
  type DatasetRef,
  type Definition,
  dataset,
  datasetPage,
  digest,
  type EvaluateModel,
  evaluateModel,
  expandColumns,
  type JudgementRecord,
  paths,
  readField,
  type Verdict,
} from "@ratchet/contracts";
import { openInProcess, raceInProcess } from "@ratchet/scoring";
import { openHere } from "@ratchet/scoring/testing";
import { readDefinition } from "@ratchet/state";
import { createInstance, type Instance, sha256, startWorld, type World } from "@ratchet/testing";
import { evaluateChallenger } from "../evaluate-challenger.ts";
import type { Evaluator } from "../evaluator.ts";
import type { RegisteredModel } from "../gateways/registry.ts";
import { judgeRegistered } from "../judge-registered.ts";
import { sweepJudgements } from "../judgement/sweep-judgements.ts";
import { readJudgement, readVerdict } from "../stores.ts";

/** A row's canonical texts. */
const textsOf = ({ data }: Definition, row: readonly string[]): readonly string[] =>
  expandColumns(data.schema).map((column, index) => {
    const read = readField(column, row[index] ?? "");
    if ("fault" in read) throw new TypeError(`${read.fault.column}: ${read.fault.message}`);
    return read.text;
  });

const processes = { file: new URL("../scoring-process.ts", import.meta.url) };

/**
 * How models are opened: each in a process of its own, as the service does it, or in this one, which is what tests want that score
 * again and again and are about something else.
 */
export const openModel = openInProcess(processes);
const ways = { apart: openModel, here: openHere } as const;

/** A model's file, of those that `fixtures/make.py` makes. */
export const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url));

export const onnxOf = (model: string, version: string) => ({
  container: "runs" as const,
  path: `${model}-${version}/model/model.onnx`,
});

/** The evaluator's world: batches that are admitted, models that have been trained, and champions. */
export interface EvaluatorWorld extends World<"evaluator"> {
  readonly evaluator: Evaluator;
  /** What stands in the registry. */
  readonly registered: RegisteredModel[];
  /** The evaluator in a process that has a fate of its own. */
  evaluatorIn(instance: Instance): Evaluator;
  /** Has a batch be there, split as the data-watcher does, and not be admitted; gives how many of its rows are held out. */
  bring(model: string, batch: string, rows: readonly (readonly string[])[], holdout?: number): Promise<number>;
  /** Admits a batch that it brings, and gives how many of its rows are held out. */
  admit(
    model: string,
    batch: string,
    rows: readonly (readonly string[])[],
    holdout?: number,
    admittedAt?: Date,
    /** Whether the log says how many rows it has and how many are held out, as it has not always done. */
    isSaid?: boolean,
  ): Promise<number>;
  withdraw(model: string, batch: string): Promise<void>;
  /** Describes batches as the data of a run, with what was admitted up to a position, and split at a time. */
  describeData(model: string, batches: readonly string[], through?: number, boundary?: number): Promise<DatasetRef>;
  /** Puts a fixture where the file of a model's version is. */
  putModel(model: string, version: string, fixtureName: string): Promise<void>;
  makeChampion(
    model: string,
    version: string,
    trainedOn: readonly string[],
    promotedAt?: Date,
    dataset?: DatasetRef,
  ): Promise<void>;
  /** A command to judge; of the same cause it is the same command. */
  command(command: Partial<EvaluateModel["data"]>, cause?: string): EvaluateModel;
  deliver(message: EvaluateModel, now?: Date, evaluator?: Evaluator): Promise<void>;
  /** Asks for a judgement and gives the verdict that is then stored. */
  evaluate(command: Partial<EvaluateModel["data"]>, cause?: string, now?: Date): Promise<Verdict>;
  /** Sweeps the open judgements and gives what is asked because of it. */
  sweep(now: Date, evaluator?: Evaluator): Promise<readonly EvaluateModel[]>;
  /** Goes through the registry and gives what is asked because of it. */
  goThroughRegistry(now: Date): Promise<readonly EvaluateModel[]>;
  verdict(version?: string): Promise<Verdict | undefined>;
  judgement(version?: string): Promise<JudgementRecord | undefined>;
}

export async function startEvaluatorWorld(models: keyof typeof ways = "here"): Promise<EvaluatorWorld> {
  const world = await startWorld("evaluator");
  const registered: RegisteredModel[] = [];
  const evaluatorIn = (instance: Instance): Evaluator => {
    const { service } = world.start(instance);
    return {
      stores: service,
      openModel: ways[models],
      raceModels: raceInProcess(processes),
      outbox: service.outbox,
      registry: {
        async *registeredSince(since) {
          yield* registered.filter(({ registeredAt }) => registeredAt >= since);
        },
      },
    };
  };
  const evaluator = evaluatorIn(createInstance());
  const asked = () => world.recorder.heard(evaluateModel) as readonly EvaluateModel[];

  async function askedBy(work: () => Promise<void>): Promise<readonly EvaluateModel[]> {
    const before = asked().length;
    await work();
    return asked().slice(before);
  }

  const command: EvaluatorWorld["command"] = (
    { model = "sign", version = "2", trainedOn = ["a".repeat(16)], ...rest },
    cause = "a command",
  ) =>
    evaluateModel.build(
      { model, version, onnx: onnxOf(model, version), trainedOn, ...rest },
      { source: "test", time: new Date(), cause },
    ) as EvaluateModel;

  const deliver: EvaluatorWorld["deliver"] = (message, now = new Date(), by = evaluator) =>
    evaluateChallenger(by, message, world.delivery(message, now));

  async function bring(
    model: string,
    batch: string,
    rows: readonly (readonly string[])[],
    holdout: number,
    admitted: Date,
  ) {
    const { definition, version } = await readDefinition(world.service, model);
    const columns = definition.data.schema.map(({ name }) => name);
    const { task, data } = definition;
    const sideOf = admittedSide({ task, data: { ...data, holdout } });
    const { train = [], holdout: held = [] } = Object.groupBy(rows, (row) => sideOf(textsOf(definition, row)));
    const csvOf = (some: typeof rows) => [columns, ...some].map((row) => `${row.join(",")}\n`).join("");
    const csv = csvOf(rows);
    await world.put("batches", paths.batchTrain(model, batch), csvOf(train));
    await world.put("batches", paths.batchHoldout(model, batch), csvOf(held));
    const manifest = {
      model,
      batch,
      file: `${model}/${batch}.csv`,
      contentSha256: sha256(csv),
      etag: "0x8D0",
      bytes: csv.length,
      rows: { train: train.length, holdout: held.length },
      holdout,
      definitionVersion: version,
      admittedAt: admitted.toISOString(),
    };
    await world.documents("batches").write(paths.batchManifest(model, batch), batchManifest, manifest, "any");
    return manifest.rows;
  }

  const invocation = (now: Date) => ({ now, id: "an invocation", log: world.delivery("an invocation", now).log });

  return {
    ...world,
    evaluator,
    registered,
    evaluatorIn,
    bring: async (model, batch, rows, holdout = 0.5) => (await bring(model, batch, rows, holdout, new Date(0))).holdout,
    async admit(model, batch, rows, holdout = 0.5, admitted = new Date(0), isSaid = true) {
      const counts = await bring(model, batch, rows, holdout, admitted);
      const said = isSaid ? { rows: counts, holdout } : {};
      const log = world.documents("batches").log(paths.admissionLog(model), admission);
      const at = admitted.toISOString();
      await log.append({ kind: "admitted", batch, file: `${model}/${batch}.csv`, at, ...said });
      return counts.holdout;
    },
    async withdraw(model, batch) {
      const log = world.documents("batches").log(paths.admissionLog(model), admission);
      await log.append({ kind: "withdrawn", batch, at: new Date().toISOString(), reason: "blurred", cause: "c" });
    },
    async describeData(model, batches, through = 0, boundary) {
      const datasets = world.documents("datasets");
      const page = { digest: digest({ model, batches }), batches: batches.length, parts: [] };
      const { boundary: _, ...example } = dataset.example;
      const split = boundary === undefined ? {} : { boundary };
      const described = { ...example, ...split, model, batches: batches.length, pages: [page] };
      const ref = { digest: digest(described), through, batches: batches.length };
      await datasets.write(paths.datasetPage(model, page.digest), datasetPage, { batches: [...batches] }, "any");
      await datasets.write(paths.dataset(model, ref.digest), dataset, described, "any");
      return ref;
    },
    async putModel(model, version, fixtureName) {
      await world.put("runs", onnxOf(model, version).path, await fixture(fixtureName));
    },
    async makeChampion(model, version, trainedOn, promotedAt = new Date(0), dataset?: DatasetRef) {
      const onnx = onnxOf(model, version);
      const file = await world.service.blobs("runs").read(onnx.path);
      const sha = "0".repeat(64);
      const champion = {
        version,
        code: sha,
        package: sha,
        ...(dataset ? { dataset } : {}),
        trainedOn: [...trainedOn],
        onnx: { ...onnx, ...(file ? { sha256: sha256(file.content) } : {}) },
        verdict: paths.verdict(model, version),
        promotedAt: promotedAt.toISOString(),
      };
      const pointer: ChampionPointer = {
        model,
        champion,
        previous: null,
        withdrawn: [],
        endpoint: "https://localhost",
      };
      await world.documents("champions").write(paths.champion(model), championPointer, pointer, "any");
    },
    command,
    deliver,
    async evaluate(data, cause, now) {
      const message = command(data, cause);
      await deliver(message, now);
      const { model, version } = message.data;
      const stored = await readVerdict(world.service, model, version);
      if (!stored) throw new Error("no verdict was kept");
      return stored.value;
    },
    sweep: (now, by = evaluator) => askedBy(() => sweepJudgements(by, invocation(now))),
    goThroughRegistry: (now) => askedBy(() => judgeRegistered(evaluator, invocation(now))),
    verdict: async (version = "2") => (await readVerdict(world.service, "sign", version))?.value,
    judgement: (version = "2") => readJudgement(world.service, "sign", version),
    async reset() {
      registered.splice(0);
      await world.reset();
    },
  };
}
