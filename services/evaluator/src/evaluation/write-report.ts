import { paths, type Verdict } from "@ratchet/contracts";
import { renderReport, reportOfVerdict, tellsDecisionAlone, withoutNumbers } from "@ratchet/report";
import { formerVerdicts, readHoldoutEpoch, readVerdict, type Stores } from "../stores.ts";

/** So many others are told with one. */
const mostOthers = 20;

const newestFirst = (a: Verdict, b: Verdict): number => (a.judgedAt < b.judgedAt ? 1 : -1);

/** What the version was judged as before, and what the challengers that the same rows have judged were. */
async function othersOf(stores: Stores, { model, version, cause }: Verdict): Promise<readonly Verdict[]> {
  const epoch = await readHoldoutEpoch(stores, model);
  const versions = new Set(epoch?.attempts.map((attempt) => attempt.version).slice(-mostOthers));
  versions.delete(version);
  const [former, newest] = await Promise.all([
    formerVerdicts(stores, model, version),
    Promise.all([...versions].map((other) => readVerdict(stores, model, other))),
  ]);
  return [...former, ...newest.flatMap((stored) => stored?.value ?? [])]
    .filter((other) => other.cause !== cause)
    .sort(newestFirst)
    .slice(0, mostOthers);
}

/**
 * Writes a verdict as a page for people, beside it.
 * @param verdict as it may be told.
 */
export async function writeReport(stores: Stores, verdict: Verdict): Promise<void> {
  const others = (await othersOf(stores, verdict)).map((other) =>
    tellsDecisionAlone(other) ? withoutNumbers(other) : other,
  );
  const page = renderReport(reportOfVerdict(verdict, others));
  const { model, version } = verdict;
  await stores
    .blobs("verdicts")
    .write(paths.verdictReport(model, version), page, { expected: "any", contentType: "text/html; charset=utf-8" });
}
