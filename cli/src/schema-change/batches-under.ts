import { batchManifest, type Column, type Definition, expandColumns, parseDefinition, paths } from "@ratchet/contracts";
import { storedRows, UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { atATime, type StandingBatch } from "@ratchet/state";
import type { Deployment } from "../deployment.ts";
import { readAdmissions } from "../model-records.ts";
import { type ColumnChange, columnChanges } from "./column-changes.ts";

/** A batch that a new schema cannot read, and why. */
interface UnreadableBatch {
  readonly batch: string;
  readonly file: string;
  readonly reason: string;
}

/** What a new schema makes of what a model has admitted. */
export interface SchemaChange {
  /** Batches that train and judge. */
  readonly batches: number;
  /** Against the schemas under which they were admitted, each said once. */
  readonly changes: readonly ColumnChange[];
  /** How many of them had to be read, as the schemas alone do not tell. */
  readonly read: number;
  readonly unreadable: readonly UnreadableBatch[];
}

const readsAtATime = 8;

async function* chunksOf(stream: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield Buffer.from(chunk as Uint8Array);
}

/** Why the rows of a batch cannot be read; undefined where they all can. */
async function faultIn(
  deployment: Deployment,
  model: string,
  batch: string,
  columns: readonly Column[],
): Promise<string | undefined> {
  try {
    for (const path of [paths.batchTrain(model, batch), paths.batchHoldout(model, batch)]) {
      const { readableStreamBody } = await deployment.container("batches").getBlobClient(path).download();
      if (!readableStreamBody) return `batches/${path} is not there`;
      for await (const row of storedRows(chunksOf(readableStreamBody), columns, `batch ${batch}`))
        if (row instanceof UnreadableRowsError) return row.message;
    }
  } catch (error) {
    if (error instanceof UnreadableRowsError) return error.message;
    throw error;
  }
  return undefined;
}

/** The columns of a version of a model's definition; undefined where it cannot be read any more. */
async function columnsAt(
  deployment: Deployment,
  model: string,
  version: string,
): Promise<readonly Column[] | undefined> {
  const blob = deployment.container("definitions").getBlobClient(paths.definitionFile(model, version, "ratchet.yaml"));
  try {
    return expandColumns(parseDefinition((await blob.downloadToBuffer()).toString("utf8")).data.schema);
  } catch {
    return undefined;
  }
}

/** Under which version of the definition a batch was admitted; undefined where that is not known any more. */
async function versionOf(deployment: Deployment, model: string, { batch }: StandingBatch): Promise<string | undefined> {
  const stored = await deployment.documents("batches").read(paths.batchManifest(model, batch), batchManifest);
  return stored?.value.definitionVersion;
}

/**
 * What a new definition's schema makes of the batches that train and judge. Schemas tell where they can; where a column has
 * become narrower, or the former schema is not known any more, the rows are read.
 */
export async function schemaChangeFor(
  deployment: Deployment,
  { model, data }: Pick<Definition, "model" | "data">,
): Promise<SchemaChange> {
  const { batches } = await readAdmissions(deployment, model);
  const columns = expandColumns(data.schema);
  const versions = await atATime(readsAtATime, batches, (batch) => versionOf(deployment, model, batch));
  const known = [...new Set(versions)].filter((version) => version !== undefined);
  const found = await atATime(readsAtATime, known, async (version) => {
    const former = await columnsAt(deployment, model, version);
    return [version, former && columnChanges(former, columns)] as const;
  });
  const changesAt = new Map(found);
  const doubtful = batches.filter((_, index) => {
    const changes = changesAt.get(versions[index] ?? "");
    return !changes || changes.some(({ kind }) => kind === "narrowed" || kind === "missing");
  });
  const faults = await atATime(readsAtATime, doubtful, async ({ batch, file }): Promise<readonly UnreadableBatch[]> => {
    const reason = await faultIn(deployment, model, batch, columns);
    return reason === undefined ? [] : [{ batch, file, reason }];
  });
  const all = [...changesAt.values()].flatMap((changes) => changes ?? []);
  const changes = [...new Map(all.map((change) => [JSON.stringify(change), change])).values()];
  return { batches: batches.length, changes, read: doubtful.length, unreadable: faults.flat() };
}
