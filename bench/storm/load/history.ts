import { createHash } from "node:crypto";
import type { Deployment } from "@ratchet/cli/deployment";
import { readAdmissions } from "@ratchet/cli/model-records";
import {
  admission,
  admissions,
  batchIdOf,
  batchManifest,
  dropIdOf,
  dropRecord,
  keptInModelView,
  type ModelView,
  modelView,
  paths,
} from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import { goodFile } from "./project.ts";

const writesAtATime = 32;
const rowsPerFile = 20;

interface Batch {
  readonly batch: string;
  readonly file: string;
  readonly etag: string;
  readonly contentSha256: string;
  readonly content: string;
  readonly admittedAt: string;
}

function batchAt(model: string, index: number, begun: number): Batch {
  const content = goodFile(index, rowsPerFile);
  const contentSha256 = createHash("sha256").update(content).digest("hex");
  return {
    batch: batchIdOf(model, contentSha256),
    file: `${model}/2026-01-01/${String(index).padStart(6, "0")}.csv`,
    etag: `0x${(0x8de0000000000 + index).toString(16).toUpperCase()}`,
    contentSha256,
    content,
    admittedAt: new Date(begun + index * 1000).toISOString(),
  };
}

/** What the data-watcher leaves behind for one admitted file. */
async function writeBatch(deployment: Deployment, model: string, batch: Batch): Promise<void> {
  const documents = deployment.documents("batches");
  const container = deployment.container("batches");
  const { batch: id, file, etag, contentSha256, content, admittedAt } = batch;
  const [header = "", ...rows] = content.trim().split("\n");
  const csv = (some: readonly string[]): string => `${[header, ...some].join("\n")}\n`;
  const half = Math.ceil(rows.length / 2);
  const put = (path: string, text: string) => container.getBlockBlobClient(path).upload(text, Buffer.byteLength(text));
  await put(paths.batchTrain(model, id), csv(rows.slice(0, half)));
  await put(paths.batchHoldout(model, id), csv(rows.slice(half)));
  const manifest = {
    model,
    batch: id,
    file,
    etag,
    contentSha256,
    bytes: content.length,
    rows: { train: half, holdout: rows.length - half },
    holdout: 0.5,
    definitionVersion: "0".repeat(16),
    admittedAt,
  };
  await documents.write(paths.batchManifest(model, id), batchManifest, manifest, "any");
  const record = {
    model,
    file,
    etag,
    cause: `event-${id}`,
    traceparent: `00-${"1".repeat(32)}-${"1".repeat(16)}-01`,
    phase: "admitted" as const,
    since: admittedAt,
    batch: id,
    lookAt: null,
  };
  await documents.write(paths.dropRecord(model, dropIdOf({ file, etag })), dropRecord, record, "any");
}

/**
 * Gives a model a past: so many admitted files, as the services leave them behind, all trained on. It is written and not
 * dropped, since ten thousand drops of one model take hours.
 */
export async function writeHistory(deployment: Deployment, model: string, count: number): Promise<void> {
  const begun = Date.now() - count * 1000 - 60_000;
  const batches = Array.from({ length: count }, (_, index) => batchAt(model, index, begun));
  await atATime(writesAtATime, batches, (batch) => writeBatch(deployment, model, batch));
  const log = deployment.documents("batches").log(paths.admissionLog(model), admission);
  for (const { batch, file, etag, admittedAt } of batches)
    await log.append({
      kind: "admitted",
      batch,
      file,
      at: admittedAt,
      drop: dropIdOf({ file, etag }),
      rows: { train: rowsPerFile / 2, holdout: rowsPerFile / 2 },
      holdout: 0.5,
    });
  // All was asked for: what is dropped from now on waits, and nothing else.
  const { position } = await readAdmissions(deployment, model);
  await deployment.documents("batches").write(paths.admissions(model), admissions, { model, asked: position }, "any");
  const view: ModelView = {
    model,
    batches: Object.fromEntries(
      batches
        .slice(-keptInModelView)
        .map(({ batch, file, admittedAt }) => [
          batch,
          { file, train: rowsPerFile / 2, holdout: rowsPerFile / 2, at: admittedAt },
        ]),
    ),
    refusals: {},
    runs: {},
    verdicts: {},
    releases: {},
  };
  await deployment.documents("ledger").write(paths.modelView(model), modelView, view, "any");
}
