import { batchIdOf, dataAdmitted, dataRefused } from "@ratchet/contracts";
import type { Drop, Facts } from "../load/facts.ts";
import { type Broken, broken } from "./broken.ts";
import type { Excuses } from "./letters.ts";
import type { ModelRecords, Seen } from "./seen.ts";

/** What storage said it had is there, as it was when it was last written. */
export function acknowledgedIsThere({ files }: Seen, { drops, deleted }: Facts): readonly Broken[] {
  const byFile = Map.groupBy(drops, ({ file }) => file);
  return [...byFile].flatMap(([file, versions]) => {
    if (deleted.has(file)) return [];
    const last = versions.findLastIndex(({ outcome }) => outcome === "acknowledged");
    if (last < 0) return [];
    const found = files.get(file);
    const possible = versions.slice(last);
    if (found !== undefined && possible.some(({ contentSha256 }) => contentSha256 === found)) return [];
    const what = found === undefined ? "is not there" : "has an earlier content";
    return [broken(`${file} was acknowledged and ${what}`, versions[last]?.at)];
  });
}

/** Every dropped row is in exactly one admitted batch, or refused. */
export function dropsAreAccountedFor(
  { files, ledger }: Seen,
  { model, admissions, manifests }: ModelRecords,
  { drops, deleted }: Facts,
  excuses: Excuses,
): readonly Broken[] {
  const admitted = new Set(admissions.batches.map(({ batch }) => batch));
  const found: Broken[] = [];
  for (const { batch, admittedAt } of manifests)
    if (!admitted.has(batch))
      found.push(
        broken(
          `the batch ${batch} of ${model} has a manifest and is not admitted: its content can never come in`,
          admittedAt,
        ),
      );
  const counted = Map.groupBy(admissions.batches, ({ batch }) => batch);
  for (const [batch, times] of counted)
    if (times.length > 1) found.push(broken(`the batch ${batch} of ${model} is admitted ${times.length} times`));
  for (const { batch, file, admittedAt } of admissions.batches) {
    const said = new Set(
      ledger
        .filter((event) => dataAdmitted.is(event) && event.data.model === model && event.data.batch === batch)
        .map(({ id }) => id),
    ).size;
    if (said !== 1 && !(said === 0 && (excuses.record() || excuses.file(file))))
      found.push(broken(`the batch ${batch} of ${model} was said to be admitted ${said} times`, admittedAt));
  }
  const byContent = new Map(drops.filter((drop) => drop.model === model).map((drop) => [drop.contentSha256, drop]));
  for (const { batch, contentSha256, rows, admittedAt } of manifests) {
    const drop = byContent.get(contentSha256);
    if (!drop) found.push(broken(`the batch ${batch} of ${model} has a content that nobody dropped`, admittedAt));
    else if (rows.train + rows.holdout !== drop.rows)
      found.push(
        broken(
          `the batch ${batch} of ${model} has ${rows.train + rows.holdout} of the ${drop.rows} rows dropped`,
          admittedAt,
        ),
      );
  }
  const refusedFiles = new Set(ledger.flatMap((event) => (dataRefused.is(event) ? [event.data.file] : [])));
  for (const [file, contentSha256] of files) {
    const drop = byContent.get(contentSha256);
    if (!file.startsWith(`${model}/`) || deleted.has(file) || excuses.file(file)) continue;
    const isIn = admitted.has(batchIdOf(model, contentSha256));
    if (drop?.good ? !isIn : !refusedFiles.has(file))
      found.push(
        broken(
          `${file} was ${drop?.good ? "not admitted" : "neither admitted nor refused"}`,
          lastDropOf(drops, file)?.at,
        ),
      );
    if (isIn && drop?.good === false) found.push(broken(`${file} is bad and was admitted`, drop.at));
  }
  return found;
}

const lastDropOf = (drops: readonly Drop[], file: string): Drop | undefined =>
  drops.findLast((drop) => drop.file === file);

/** Every admitted batch was trained on, or the training that was to has ended otherwise. */
export function batchesAreTrainedOn(
  { model, admissions, trainedOn }: ModelRecords,
  excuses: Excuses,
): readonly Broken[] {
  if (excuses.training(model)) return [];
  return admissions.batches
    .filter(({ batch }) => !trainedOn.has(batch))
    .map(({ batch, admittedAt }) => broken(`the admitted batch ${batch} of ${model} is in no run`, admittedAt));
}
