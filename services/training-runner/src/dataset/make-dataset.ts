import { type Dataset, type DatasetRef, dataset, datasetPage, digest, paths } from "@ratchet/contracts";
import type { Stores } from "../stores.ts";
import { type AdmittedPage, admittedData, type PageSize } from "./admitted-pages.ts";
import type { Counts } from "./counts.ts";
import { type DatasetPlan, planDataset } from "./plan-dataset.ts";
import { type Indexed, indexPages } from "./row-indexes.ts";
import { type Part, type TakenBatch, writePart } from "./write-part.ts";

/** Writes down which batches of a page the data has; undefined where they are all withdrawn. */
async function keepPage({ stores, model }: Indexed, page: AdmittedPage) {
  const batches = page.batches.filter(({ active }) => active).map(({ batch }) => batch);
  if (batches.length === 0) return undefined;
  const hash = digest({ model, batches });
  await stores.documents("datasets").write(paths.datasetPage(model, hash), datasetPage, { batches }, "any");
  return { digest: hash, batches: batches.length };
}

/**
 * Writes the rows of a page: into one file once the page is full. Until then each batch has a file, so that what is written
 * for a drop costs the same however many came before it.
 */
async function keepParts(indexed: Indexed, closed: boolean, taken: readonly TakenBatch[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const some of closed ? [taken] : taken.map((one) => [one])) {
    const part = await writePart(indexed, some);
    if (part) parts.push(part);
  }
  return parts;
}

async function keepPages(
  indexed: Indexed,
  pages: readonly AdmittedPage[],
  plan: DatasetPlan,
): Promise<Dataset["pages"]> {
  const kept: Dataset["pages"] = [];
  let first = 0;
  for (const page of pages) {
    const taken = page.batches.flatMap((batch, index) => {
      const planned = plan.batches[first + index];
      return planned ? [{ batch, taken: planned.train }] : [];
    });
    first += page.batches.length;
    const described = await keepPage(indexed, page);
    if (!described) continue;
    kept.push({ ...described, parts: await keepParts(indexed, page.closed, taken) });
  }
  return kept;
}

/** Writes the data set down: the list of its files, then what it is. */
async function keep(stores: Stores, value: Dataset): Promise<string> {
  const hash = digest(value);
  const { model, pages } = value;
  const files = pages.flatMap(({ parts }) => parts.map(({ digest: name }) => `${name}.csv\n`));
  const list = paths.datasetPartList(model, hash);
  await stores.blobs("datasets").write(list, files.join(""), { expected: "any", contentType: "text/plain" });
  await stores.documents("datasets").write(paths.dataset(model, hash), dataset, value, "any");
  return hash;
}

/** A data set that was made. */
export interface MadeDataset {
  readonly ref: DatasetRef;
  readonly rows: Counts;
}

/**
 * Makes the data set of what a model has admitted up to a position of its log and what was not withdrawn since: of rows that
 * were admitted more than once one counts, and those that train are written into files by the present schema. What is there
 * already of an earlier one is used again; made again it is the same.
 * @param through all that is admitted where it is undefined.
 * @returns null where no row trains.
 * @throws {MissingBlobError} when the rows of a batch are not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 * @throws {RowIndexError} when an index is damaged.
 */
export async function makeDataset(
  indexed: Indexed,
  through: number | undefined,
  size?: PageSize,
): Promise<MadeDataset | null> {
  const { stores, model, definition } = indexed;
  const { pages, through: upto } = await admittedData(stores, model, through, size);
  if (!pages.some(({ batches }) => batches.some(({ active }) => active))) return null;
  const indexes = await indexPages(indexed, pages);
  const plan = await planDataset(indexes, { counts: "first", by: "hash", holdout: definition.data.holdout });
  if (plan.counts.train === 0) return null;
  const kept = await keepPages(indexed, pages, plan);
  const batches = kept.reduce((sum, page) => sum + page.batches, 0);
  const hash = await keep(stores, { model, batches, rows: { ...plan.counts }, pages: kept });
  return { ref: { digest: hash, through: upto, batches }, rows: plan.counts };
}
