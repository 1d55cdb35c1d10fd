import { type Dataset, type DatasetRef, dataset, datasetPage, digest, paths } from "@ratchet/contracts";
import {
  type AdmittedPage,
  admittedData,
  type Counts,
  type DatasetPlan,
  indexPages,
  type PageSize,
  planDataset,
  ruleOf,
} from "@ratchet/datasets";
import { atATime } from "@ratchet/state";
import type { Stores } from "../stores.ts";
import type { Making, There } from "./making.ts";
import { type Part, type TakenBatch, writePart } from "./write-part.ts";

/** A page, and its rows that train. */
interface PlannedPage {
  readonly page: AdmittedPage;
  readonly taken: readonly TakenBatch[];
}

const plannedPages = (pages: readonly AdmittedPage[], { batches }: DatasetPlan): readonly PlannedPage[] => {
  let first = 0;
  return pages.map((page) => {
    const planned = batches.slice(first, first + page.batches.length);
    first += page.batches.length;
    const taken = page.batches.flatMap((batch, index) => {
      const plan = planned[index];
      return plan ? [{ batch, taken: plan.train }] : [];
    });
    return { page, taken };
  });
};

const pagesAtATime = 2;
const partsAtATime = 8;

/** Writes down which batches of a page the data has, unless that is there; undefined where they are all withdrawn. */
async function keepPage({ stores, model }: Making, page: AdmittedPage, there: There) {
  const batches = page.batches.filter(({ active }) => active).map(({ batch }) => batch);
  if (batches.length === 0) return undefined;
  const hash = digest({ model, batches });
  const path = paths.datasetPage(model, hash);
  if (!there.has(path)) await stores.documents("datasets").write(path, datasetPage, { batches }, "any");
  return { digest: hash, batches: batches.length };
}

/**
 * Writes the rows of a page: into one file once the page is full. Until then each batch has a file, so that what is written
 * for a drop costs the same however many came before it.
 */
async function keepParts(making: Making, { page: { closed }, taken }: PlannedPage, there: There): Promise<Part[]> {
  const files = closed ? [taken] : taken.map((one) => [one]);
  const parts = await atATime(partsAtATime, files, (batches) => writePart(making, batches, there));
  return parts.filter((part) => part !== undefined);
}

/** What of data sets is there: their pages and their files of rows, but not themselves. */
async function whatIsThere({ stores, model }: Making): Promise<There> {
  const found = new Map<string, Date>();
  for (const folder of [paths.datasetPages(model), paths.datasetParts(model)])
    for await (const { path, lastModified } of stores.blobs("datasets").list(`${folder}/`))
      found.set(path, lastModified);
  return found;
}

async function keepPages(making: Making, pages: readonly PlannedPage[]): Promise<Dataset["pages"]> {
  const there = await whatIsThere(making);
  const kept = await atATime(pagesAtATime, pages, async (planned) => {
    const described = await keepPage(making, planned.page, there);
    return described && { ...described, parts: await keepParts(making, planned, there) };
  });
  return kept.filter((page) => page !== undefined);
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
 * @throws {MissingBatchError} when the rows of a batch are not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 * @throws {RowIndexError} when an index is damaged.
 */
export async function makeDataset(
  making: Making,
  through: number | undefined,
  size?: PageSize,
): Promise<MadeDataset | null> {
  const { stores, model, definition } = making;
  const { pages, through: upto } = await admittedData(stores, model, { through }, size);
  if (!pages.some(({ batches }) => batches.some(({ active }) => active))) return null;
  const indexes = await indexPages(making, pages);
  const plan = await planDataset(indexes, ruleOf(definition));
  if (plan.counts.train === 0) return null;
  const kept = await keepPages(making, plannedPages(pages, plan));
  const batches = kept.reduce((sum, page) => sum + page.batches, 0);
  const { boundary } = plan;
  const split = boundary === undefined ? {} : { boundary };
  const hash = await keep(stores, { model, batches, rows: { ...plan.counts }, ...split, pages: kept });
  return { ref: { digest: hash, through: upto, batches }, rows: plan.counts };
}
