import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";
import {
  type ChampionPointer,
  type Envelope,
  type EvaluateModel,
  evaluateModel,
  isHoldout,
  parseDefinition,
  parseEnvelope,
  paths,
  rowShare,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { createOutbox, type Delivery } from "@ratchet/messaging";
import { documentStore } from "@ratchet/state";
import { evaluateChallenger } from "../evaluate-challenger.ts";
import type { Stores } from "../stores.ts";

export const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}.onnx`, import.meta.url));

/** One feature x between -1 and 1, a region that no model sees, and whether x is positive. */
export const signYaml = (gate = "", holdout = 0.5): string => `
model: sign
task: classification
data:
  label: side
  holdout: ${holdout}
  schema:
    - { name: x, type: number }
    - { name: region, type: category, values: [north, south], feature: false }
    - { name: side, type: category, values: [below, above] }
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate:
  metric: accuracy
  thresholds: { accuracy: { min: 0.5 } }
${gate}
deploy: { app: inference-sign, smoke: 5 }
`;

/** Rows of the model `sign`, spread evenly, different for every `seed`. */
export const signRows = (count: number, seed = 0): readonly (readonly string[])[] =>
  Array.from({ length: count }, (_, index) => {
    const x = (((index + 0.5) / count) * 2 - 1 + seed * 1e-7).toFixed(9);
    return [x, index % 4 === 0 ? "south" : "north", Number(x) > 0 ? "above" : "below"];
  });

/** Real storage under the evaluator, and a record of what it says. */
export interface World extends AsyncDisposable {
  readonly stores: Stores;
  /** What was said, what was said twice counting once. */
  readonly said: Envelope[];
  /** Whether saying anything fails, as when a process ends. */
  silent: boolean;
  /** Empties the storage and forgets what was said. */
  reset(): Promise<void>;
  apply(yaml: string): Promise<void>;
  /** Admits a batch, split as the data-watcher does, and gives how many of its rows are held out. */
  admit(model: string, batch: string, rows: readonly (readonly string[])[], holdout?: number): Promise<number>;
  putModel(path: string, fixtureName: string): Promise<void>;
  makeChampion(model: string, version: string, trainedOn: readonly string[], promotedAt?: Date): Promise<void>;
  /** Asks for a judgement and gives the verdict that is then stored. */
  evaluate(command: Partial<EvaluateModel["data"]>, cause?: string, now?: Date): Promise<Verdict>;
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "evaluator-"));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  const containers = ["definitions", "batches", "runs", "champions", "verdicts"];
  const storage = await startStorage({ tls: authority.server, containers });
  const blobs = new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential());
  const stores: Stores = {
    container: (name) => blobs.getContainerClient(name),
    documents: (name) => documentStore(blobs.getContainerClient(name)),
  };
  const put = async (container: string, path: string, content: string | Buffer) => {
    const bytes = Buffer.from(content);
    await blobs.getContainerClient(container).getBlockBlobClient(path).upload(bytes, bytes.length);
  };
  const said: Envelope[] = [];
  const say = async (message: Envelope): Promise<void> => {
    if (world.silent) throw new Error("the process ends here");
    if (!said.some(({ id }) => id === message.id)) said.push(message);
  };
  const transports = {
    messages: {
      send: async (_: string, { body }: { readonly body: unknown }) => say(parseEnvelope(body)),
      close: async () => undefined,
    },
    events: { publish: say },
  };
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const delivery = (cause: string, now: Date): Delivery => ({
    now,
    attempt: 1,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    outbox: createOutbox("evaluator", { cause, traceparent, time: now }, transports),
  });

  const world: World = {
    stores,
    said,
    silent: false,
    async reset() {
      said.splice(0);
      world.silent = false;
      for (const container of containers)
        for await (const path of documentStore(blobs.getContainerClient(container)).list(""))
          await blobs.getContainerClient(container).deleteBlob(path);
    },
    async apply(yaml) {
      const { model } = parseDefinition(yaml);
      const files = [{ path: "ratchet.yaml", sha256: "0".repeat(64) }];
      const document = { model, version: "0123456789abcdef", source: yaml, files, appliedAt: new Date().toISOString() };
      await stores.documents("definitions").write(paths.currentDefinition(model), document, "any");
    },
    async admit(model, batch, rows, holdout = 0.5) {
      const definition = parseDefinition(await text("definitions", paths.currentDefinition(model)));
      const columns = definition.data.schema.map(({ name }) => name);
      const label = columns.indexOf(definition.data.label);
      const held = rows.filter((row) => isHoldout(rowShare(row, label), holdout));
      const csv = [columns, ...held].map((row) => `${row.join(",")}\n`).join("");
      await put("batches", paths.batchHoldout(model, batch), csv);
      const manifest = {
        model,
        batch,
        file: `${model}/${batch}.csv`,
        contentSha256: "0".repeat(64),
        etag: "0x8D0",
        bytes: csv.length,
        rows: { train: rows.length - held.length, holdout: held.length },
        holdout,
        definitionVersion: "0123456789abcdef",
        admittedAt: new Date().toISOString(),
      };
      const documents = stores.documents("batches");
      await documents.write(paths.batchManifest(model, batch), manifest, "any");
      type Stored = { batches: object[] };
      await documents.update(
        paths.admissions(model),
        (json) => json as Stored,
        (stored) => ({
          model,
          pending: null,
          batches: [...(stored?.batches ?? []), { batch, file: manifest.file, admittedAt: manifest.admittedAt }],
        }),
      );
      return held.length;
    },
    putModel: async (path, name) => put("runs", path, await fixture(name)),
    async makeChampion(model, version, trainedOn, promotedAt = new Date(0)) {
      const sha = "0".repeat(64);
      const onnx = { container: "runs", path: `${model}-${version}/model/model.onnx` };
      const pointer: ChampionPointer = {
        model,
        champion: {
          version,
          code: sha,
          package: sha,
          trainedOn: [...trainedOn],
          onnx,
          verdict: paths.verdict(model, version),
          promotedAt: promotedAt.toISOString(),
        },
        previous: null,
        withdrawn: [],
        endpoint: "https://localhost",
      };
      await stores.documents("champions").write(paths.champion(model), pointer, "any");
    },
    async evaluate(command, cause = "a command", now = new Date()) {
      const { model = "sign", version = "2", trainedOn = ["a".repeat(16)], ...rest } = command;
      const onnx = { container: "runs", path: `${model}-${version}/model/model.onnx` };
      const message = evaluateModel.build(
        { model, version, onnx, trainedOn, ...rest },
        { source: "test", time: now, cause },
      );
      await evaluateChallenger(stores, message as EvaluateModel, delivery(message.id, now));
      const stored = await stores.documents("verdicts").read(paths.verdict(model, version), verdict.parse);
      if (!stored) throw new Error("no verdict was kept");
      return stored.value;
    },
    async [Symbol.asyncDispose]() {
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
  const text = async (container: string, path: string): Promise<string> => {
    const bytes = await blobs.getContainerClient(container).getBlobClient(path).downloadToBuffer();
    return (JSON.parse(bytes.toString()) as { source: string }).source;
  };
  return world;
}
