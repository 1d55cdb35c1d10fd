import { writeFile } from "node:fs/promises";
import { holdoutEpoch, paths, type Verdict, verdict } from "@ratchet/contracts";
import { isKeptBack, renderReport, reportOfVerdict, withoutNumbers } from "@ratchet/report";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readChampion } from "../model-records.ts";

/** So many others are told with one. */
const mostOthers = 20;

/** A page that was written. */
export interface WrittenReport {
  readonly model: string;
  readonly version: string;
  readonly decision: Verdict["decision"];
  readonly file: string;
  /** Whether the page leaves numbers out, since the rows that gave them may still judge others. */
  readonly keptBack: boolean;
}

/** What is to be written. */
interface WantedReport {
  /** The champion's where it is left out, or else the one that was judged last. */
  readonly version?: string | undefined;
  readonly out?: string | undefined;
  /** Also numbers that the gate keeps back from those who train. */
  readonly numbers?: boolean | undefined;
}

const newestFirst = (a: Verdict, b: Verdict): number => (a.judgedAt < b.judgedAt ? 1 : -1);

/** Every verdict of a model, and those that its versions had before. */
async function verdictsOf(deployment: Deployment, model: string): Promise<readonly Verdict[]> {
  const documents = deployment.documents("verdicts");
  const found: Verdict[] = [];
  for await (const path of documents.list(`${model}/`)) {
    const [, first = "", ...more] = path.split("/");
    const isLatest = more.length === 0 && path !== paths.holdoutEpoch(model);
    if (!isLatest && first !== "former") continue;
    const read = await documents.read(path, verdict);
    if (read) found.push(read.value);
  }
  return found.sort(newestFirst);
}

/** A verdict, and its report as one page of HTML. */
interface RenderedReport {
  readonly verdict: Verdict;
  readonly page: string;
  readonly keptBack: boolean;
}

/**
 * The report of a verdict as one page of HTML.
 * @throws {WrongInputError} when there is no such verdict.
 */
export async function renderedReport(
  deployment: Deployment,
  model: string,
  { version, numbers = false }: Omit<WantedReport, "out">,
): Promise<RenderedReport> {
  const all = await verdictsOf(deployment, model);
  const wanted = version ?? (await readChampion(deployment, model))?.champion.version ?? all[0]?.version;
  const found = all.find((one) => one.version === wanted);
  if (!found)
    throw new WrongInputError(
      wanted === undefined
        ? `no version of ${model} was judged yet; \`ratchet status ${model}\` says how far it is`
        : `version ${wanted} of ${model} has no verdict; judged were ${[...new Set(all.map((one) => one.version))].join(", ") || "none"}`,
    );
  const epoch = (await deployment.documents("verdicts").read(paths.holdoutEpoch(model), holdoutEpoch))?.value;
  const now = new Date();
  const told = (one: Verdict): Verdict => (!numbers && isKeptBack(one, epoch, now) ? withoutNumbers(one) : one);
  const others = all.filter((one) => one !== found).slice(0, mostOthers);
  const page = renderReport(reportOfVerdict(told(found), others.map(told)));
  return { verdict: found, page, keptBack: told(found) !== found };
}

/**
 * Writes the report of a verdict as one page of HTML.
 * @throws {WrongInputError} when there is no such verdict, or the file cannot be written.
 */
export async function writeReport(
  deployment: Deployment,
  model: string,
  { out, ...wanted }: WantedReport,
): Promise<WrittenReport> {
  const { verdict: found, page, keptBack } = await renderedReport(deployment, model, wanted);
  const file = out ?? `${model}-${found.version}.html`;
  await writePage(file, page);
  return { model, version: found.version, decision: found.decision, file, keptBack };
}

/** @throws {WrongInputError} when the file cannot be written. */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new WrongInputError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
