import { writeFile } from "node:fs/promises";
import { paths, type Verdict, verdict } from "@ratchet/contracts";
import { renderReport } from "@ratchet/report";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readChampion } from "../model-records.ts";
import { reportOfVerdict } from "../report/report-of-verdict.ts";

/** So many others are told with one. */
const mostOthers = 20;

/** A page that was written. */
export interface WrittenReport {
  readonly model: string;
  readonly version: string;
  readonly decision: Verdict["decision"];
  readonly file: string;
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

/**
 * The report of a verdict as one page of HTML.
 * @param version the champion's where it is left out, or else the one that was judged last.
 * @throws {WrongInputError} when there is no such verdict.
 */
export async function renderedReport(
  deployment: Deployment,
  model: string,
  version: string | undefined,
): Promise<{ readonly verdict: Verdict; readonly page: string }> {
  const all = await verdictsOf(deployment, model);
  const wanted = version ?? (await readChampion(deployment, model))?.champion.version ?? all[0]?.version;
  const found = all.find((one) => one.version === wanted);
  if (!found)
    throw new WrongInputError(
      wanted === undefined
        ? `no version of ${model} was judged yet; \`ratchet status ${model}\` says how far it is`
        : `version ${wanted} of ${model} has no verdict; judged were ${[...new Set(all.map((one) => one.version))].join(", ") || "none"}`,
    );
  const others = all.filter((one) => one !== found).slice(0, mostOthers);
  return { verdict: found, page: renderReport(reportOfVerdict(found, others)) };
}

/**
 * Writes the report of a verdict as one page of HTML.
 * @throws {WrongInputError} when there is no such verdict, or the file cannot be written.
 */
export async function writeReport(
  deployment: Deployment,
  model: string,
  version: string | undefined,
  out: string | undefined,
): Promise<WrittenReport> {
  const { verdict: found, page } = await renderedReport(deployment, model, version);
  const file = out ?? `${model}-${found.version}.html`;
  await writePage(file, page);
  return { model, version: found.version, decision: found.decision, file };
}

/** @throws {WrongInputError} when the file cannot be written. */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new WrongInputError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
