import { readFile } from "node:fs/promises";
import {
  admissions,
  batchManifest,
  championPointer,
  type EvaluateModel,
  evaluateModel,
  isHoldout,
  paths,
  rowShare,
  type Verdict,
} from "@ratchet/contracts";
import { readDefinition } from "@ratchet/state";
import { sha256, startWorld, type World } from "@ratchet/testing";
import { evaluateChallenger } from "../evaluate-challenger.ts";
import type { Evaluator } from "../evaluator.ts";
import type { RegisteredModel } from "../gateways/registry.ts";
import { openModel } from "../scoring/onnx-model.ts";
import { readVerdict } from "../stores.ts";

/** A model's file, of those that `fixtures/make.py` makes. */
export const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url));

const onnxOf = (model: string, version: string) => ({
  container: "runs" as const,
  path: `${model}-${version}/model/model.onnx`,
});

/** The evaluator's world: batches that are admitted, models that have been trained, and champions. */
export interface EvaluatorWorld extends World<"evaluator"> {
  readonly evaluator: Evaluator;
  /** What stands in the registry. */
  readonly registered: RegisteredModel[];
  /** Admits a batch, split as the data-watcher does, and gives how many of its rows are held out. */
  admit(model: string, batch: string, rows: readonly (readonly string[])[], holdout?: number): Promise<number>;
  /** Puts a fixture where the file of a model's version is. */
  putModel(model: string, version: string, fixtureName: string): Promise<void>;
  makeChampion(model: string, version: string, trainedOn: readonly string[]): Promise<void>;
  /** Asks for a judgement and gives the verdict that is then stored. */
  evaluate(command: Partial<EvaluateModel["data"]>, cause?: string, now?: Date): Promise<Verdict>;
}

export async function startEvaluatorWorld(): Promise<EvaluatorWorld> {
  const world = await startWorld("evaluator");
  const registered: RegisteredModel[] = [];
  const evaluator: Evaluator = {
    stores: world.service,
    openModel,
    outbox: world.service.outbox,
    registry: {
      async *registeredSince(since) {
        yield* registered.filter(({ registeredAt }) => registeredAt >= since);
      },
    },
  };
  return {
    ...world,
    evaluator,
    registered,
    async admit(model, batch, rows, holdout = 0.5) {
      const { definition, version } = await readDefinition(world.service, model);
      const columns = definition.data.schema.map(({ name }) => name);
      const label = columns.indexOf(definition.data.label);
      const held = rows.filter((row) => isHoldout(rowShare(row, label), holdout));
      const csv = [columns, ...held].map((row) => `${row.join(",")}\n`).join("");
      await world.put("batches", paths.batchHoldout(model, batch), csv);
      const batches = world.documents("batches");
      const admittedAt = new Date().toISOString();
      const file = `${model}/${batch}.csv`;
      const manifest = {
        model,
        batch,
        file,
        contentSha256: sha256(csv),
        etag: "0x8D0",
        bytes: csv.length,
        rows: { train: rows.length - held.length, holdout: held.length },
        holdout,
        definitionVersion: version,
        admittedAt,
      };
      await batches.write(paths.batchManifest(model, batch), batchManifest, manifest, "any");
      await batches.update(paths.admissions(model), admissions, (stored) => ({
        model,
        pending: null,
        batches: [...(stored?.batches ?? []), { batch, file, admittedAt }],
      }));
      return held.length;
    },
    async putModel(model, version, fixtureName) {
      await world.put("runs", onnxOf(model, version).path, await fixture(fixtureName));
    },
    async makeChampion(model, version, trainedOn) {
      const sha = "0".repeat(64);
      const champion = {
        version,
        code: sha,
        package: sha,
        trainedOn: [...trainedOn],
        onnx: onnxOf(model, version),
        verdict: paths.verdict(model, version),
        promotedAt: new Date(0).toISOString(),
      };
      const pointer = { model, champion, previous: null, withdrawn: [], endpoint: "https://localhost" };
      await world.documents("champions").write(paths.champion(model), championPointer, pointer, "any");
    },
    async evaluate(command, cause = "a command", now = new Date()) {
      const { model = "sign", version = "2", trainedOn = ["a".repeat(16)], ...rest } = command;
      const message = evaluateModel.build(
        { model, version, onnx: onnxOf(model, version), trainedOn, ...rest },
        { source: "test", time: now, cause },
      );
      await evaluateChallenger(evaluator, message as EvaluateModel, world.delivery(message, now));
      const stored = await readVerdict(world.service, model, version);
      if (!stored) throw new Error("no verdict was kept");
      return stored.value;
    },
  };
}
