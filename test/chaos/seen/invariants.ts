import {
  batchIdOf,
  dataAdmitted,
  dataRefused,
  type Envelope,
  type JudgementRecord,
  messageFailed,
  modelFrozen,
  modelPromoted,
  modelRolledBack,
  modelThawed,
  type Verdict,
} from "@ratchet/contracts";
import type { Drop, Facts } from "../load/facts.ts";
import { createExcuses, type Excuses } from "./letters.ts";
import type { ModelRecords, Seen } from "./seen.ts";

/*
 * The rules of the simulation (simulation/src/invariants.ts), read from outside: blobs, queues, endpoints, and the events in
 * the console's record. Where the simulation sees every write, this sees what is left.
 */

/** Something that must hold and does not. */
export interface Broken {
  readonly sentence: string;
  /** When that began of which it tells, where it is known: milliseconds since the epoch. */
  readonly at?: number;
}

const broken = (sentence: string, at?: string | number): Broken =>
  at === undefined ? { sentence } : { sentence, at: typeof at === "number" ? at : Date.parse(at) };

/**
 * What holds an end of it open: nothing is on its way any more, and nothing runs. Where every run is concluded, a look at one that
 * is still to come finds nothing to do.
 */
export function restlessness({ waiting, models }: Pick<Seen, "waiting" | "models">): readonly string[] {
  const open = models.flatMap(({ runs }) => runs.filter(({ concludedAt }) => concludedAt === undefined));
  const messages = [...waiting].flatMap(([queue, { ready, scheduled }]) => {
    const count = queue === "training-ended" && open.length === 0 ? ready : ready + scheduled;
    return count > 0 ? [`${count} in ${queue}`] : [];
  });
  return [...messages, ...open.map(({ runId, status }) => `the run ${runId} is ${status}, and not concluded`)];
}

/** Every dead letter tells why it is one. */
const deadLettersHaveReasons = ({ letters }: Seen): readonly Broken[] =>
  letters
    .filter(({ failure, brokerReason }) => failure === undefined && brokerReason !== "MaxDeliveryCountExceeded")
    .map(({ queue, messageId, enqueuedAt }) =>
      broken(`a dead letter of ${queue} has no reason: ${messageId}`, enqueuedAt?.getTime()),
    );

/** Event Grid goes on for a day: nothing that it took can be given up by now. */
const eventsAreDelivered = ({ undelivered }: Seen): readonly Broken[] =>
  undelivered.map((name) => broken(`Event Grid has given up an event: ${name}`));

/** Failing to record an event makes no further events: they would come back to be recorded. */
const failingToRecordStaysQuiet = ({ ledger }: Seen): readonly Broken[] =>
  ledger
    .filter((event) => messageFailed.is(event) && event.data.queue === "run-ledger")
    .map(({ subject, time }) => broken(`an event tells that an event could not be recorded: ${subject}`, time));

/** What one subscriber hears the console has recorded, and the other way round. */
function everybodyHearsTheSame(
  { ledger }: Seen,
  heard: ReadonlyMap<string, Envelope>,
  excuses: Excuses,
): readonly Broken[] {
  const recorded = new Set(ledger.map(({ id }) => id));
  return [
    ...[...heard.values()]
      .filter(({ id }) => !recorded.has(id) && !excuses.record())
      .map(({ type, subject, time }) =>
        broken(`a subscriber heard ${type} of ${subject}, and it is in no record`, time),
      ),
    ...ledger
      .filter(({ id }) => !heard.has(id))
      .map(({ type, subject, time }) =>
        broken(`${type} of ${subject} is recorded, and a subscriber never heard it`, time),
      ),
  ];
}

/** No model waits for something that does not come. */
const modelsAreFree = ({ model, slot, admissions }: ModelRecords): readonly Broken[] => [
  ...(slot?.running
    ? [
        broken(
          `the training slot of ${model} is held by ${slot.running.runId}, which has ended or never began`,
          slot.running.claimedAt,
        ),
      ]
    : []),
  ...(slot?.waiting ? [broken(`training of ${model} waits and nobody asks for it`)] : []),
  ...(admissions?.pending
    ? [broken(`batches of ${model} are pending and nobody asks for training`, admissions.pending.latest)]
    : []),
];

/** Every record of a process is at its end, or waits for what may never come. */
const recordsAreAtTheirEnds = (
  { model, drops, judgements, deployment }: ModelRecords,
  excuses: Excuses,
): readonly Broken[] => [
  ...drops
    .filter(({ lookAt, file }) => lookAt !== null && !excuses.file(file))
    .map(({ file, phase, since }) => broken(`the drop ${file} is ${phase} and goes no further`, since)),
  ...judgements
    .filter(({ state, version }) => openJudgements.has(state) && !excuses.judgement(model, version))
    .map(({ version, state, since }) =>
      broken(`the judgement of ${model} ${version} is ${state} and goes no further`, since),
    ),
  ...(deployment?.lookAt !== undefined && !excuses.turn(model)
    ? [broken(`the deployment of ${deployment.app} is ${deployment.state} and goes no further`, deployment.since)]
    : []),
];

/** Those that somebody has in hand; one that is held may wait for ever. */
const openJudgements: ReadonlySet<JudgementRecord["state"]> = new Set(["asked", "weighed", "decided"]);

/** What storage said it had is there, as it was when it was last written. */
function acknowledgedIsThere({ files }: Seen, { drops, deleted }: Facts): readonly Broken[] {
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
function dropsAreAccountedFor(
  { files, ledger }: Seen,
  { model, admissions, manifests }: ModelRecords,
  { drops, deleted }: Facts,
  excuses: Excuses,
): readonly Broken[] {
  const admitted = new Set(admissions?.batches.map(({ batch }) => batch));
  const found: Broken[] = [];
  for (const { batch, admittedAt } of manifests)
    if (!admitted.has(batch))
      found.push(
        broken(
          `the batch ${batch} of ${model} has a manifest and is not admitted: its content can never come in`,
          admittedAt,
        ),
      );
  const counted = Map.groupBy(admissions?.batches ?? [], ({ batch }) => batch);
  for (const [batch, times] of counted)
    if (times.length > 1) found.push(broken(`the batch ${batch} of ${model} is admitted ${times.length} times`));
  for (const { batch, file, admittedAt } of admissions?.batches ?? []) {
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
function batchesAreTrainedOn({ model, admissions, runs }: ModelRecords, excuses: Excuses): readonly Broken[] {
  if (excuses.training(model)) return [];
  const trained = new Set(runs.flatMap(({ batches }) => batches));
  return (admissions?.batches ?? [])
    .filter(({ batch }) => !trained.has(batch))
    .map(({ batch, admittedAt }) => broken(`the admitted batch ${batch} of ${model} is in no run`, admittedAt));
}

/** Every run has a record that has ended, all that follows from its end was done, and every completed one has a verdict. */
const runsAreConcluded = ({ model, runs, verdicts }: ModelRecords, excuses: Excuses): readonly Broken[] =>
  runs.flatMap(({ runId, status, version, claimedAt, concludedAt }) => {
    if (excuses.run(runId, version, model)) return [];
    if (status === "submitted" || status === "claimed")
      return [broken(`the run ${runId} is ${status} and has no end in its record`, claimedAt)];
    if (concludedAt === undefined)
      return [broken(`the run ${runId} is ${status}, and not all that follows was done`, claimedAt)];
    const judged = verdicts.some((verdict) => verdict.version === version);
    return status === "completed" && !judged
      ? [broken(`the run ${runId} has completed and ${model} ${version} was never judged`, claimedAt)]
      : [];
  });

const releaseName = ({ version, code }: { readonly version: string; readonly code: string }): string =>
  `${version} with code ${code.slice(0, 8)}`;

/** Whether a version was judged better, now or before. */
export const isEntitled = (verdicts: readonly Verdict[]): boolean =>
  verdicts.some(({ decision }) => decision === "promote");

export const inWords = (verdicts: readonly Verdict[]): string =>
  verdicts.map(({ decision }) => decision).join(", then ") || "never";

/** Production, pointer and record agree, and nothing is in production that was not judged better or forced. */
function productionAgrees(
  { model, pointer, deployment, served, verdicts }: ModelRecords,
  { forced }: Facts,
): readonly Broken[] {
  if (!pointer) return [];
  const { champion } = pointer;
  const since = champion.promotedAt;
  const found: Broken[] = [];
  if (served?.version !== champion.version || served.code !== champion.code)
    found.push(
      broken(
        `production of ${model} serves ${served ? releaseName(served) : "nothing"} and its pointer says ${releaseName(champion)}`,
        since,
      ),
    );
  if (deployment?.state === "announced" && releaseName(deployment.release) !== releaseName(champion))
    found.push(
      broken(
        `the record of ${deployment.app} says ${releaseName(deployment.release)} and the pointer says ${releaseName(champion)}`,
        deployment.since,
      ),
    );
  const ofChampion = verdicts.filter(({ version }) => version === champion.version);
  if (!isEntitled(ofChampion) && !forced.has(`${model}/${champion.version}`))
    found.push(broken(`${model} ${champion.version} is champion and was judged ${inWords(ofChampion)}`, since));
  if (served?.version === champion.version && !ofChampion.some(({ onnx }) => onnx.sha256 === served.onnx))
    found.push(broken(`${model} ${champion.version} serves another ONNX than was judged`, since));
  return found;
}

/**
 * Exactly one event for each promotion and each rollback: each takes up where another one ended, the first from nothing, and
 * the last one ends at the pointer. Clocks that were wrong make no order by time, so the links themselves are counted.
 */
function eventsTellOfEachTurn({ ledger }: Seen, { model, pointer }: ModelRecords, excuses: Excuses): readonly Broken[] {
  if (excuses.turn(model) || excuses.record()) return [];
  const turns = ledger.flatMap((event) => {
    if (modelPromoted.is(event) && event.data.model === model)
      return [
        { from: event.data.previous ? releaseName(event.data.previous) : "nothing", to: releaseName(event.data) },
      ];
    if (modelRolledBack.is(event) && event.data.model === model && event.data.cause === "request")
      return [{ from: releaseName(event.data.from), to: releaseName(event.data) }];
    return [];
  });
  const balance = new Map<string, number>([["nothing", 1]]);
  const count = (release: string, by: number) => balance.set(release, (balance.get(release) ?? 0) + by);
  for (const { from, to } of turns) {
    count(from, -1);
    count(to, 1);
  }
  count(pointer ? releaseName(pointer.champion) : "nothing", -1);
  return [...balance]
    .filter(([, left]) => left !== 0)
    .map(([release, left]) =>
      broken(
        left > 0
          ? `${model} ${release} was said to serve ${left} times more than it was said to be replaced, and the pointer says ${pointer ? releaseName(pointer.champion) : "nothing"}`
          : `${model} ${release} was said to be replaced ${-left} times more than it was said to serve`,
      ),
    );
}

/** A model is frozen exactly as long as that was said more often than that it was thawed. */
function eventsTellOfEachFreeze(
  { ledger }: Seen,
  { model, pointer }: ModelRecords,
  excuses: Excuses,
): readonly Broken[] {
  if (!pointer || excuses.turn(model) || excuses.record()) return [];
  const froze = ledger.filter((event) => modelFrozen.is(event) && event.data.model === model).length;
  const thawed = ledger.filter((event) => modelThawed.is(event) && event.data.model === model).length;
  const isFrozen = pointer.frozen !== undefined;
  return froze - thawed === (isFrozen ? 1 : 0)
    ? []
    : [
        broken(
          `${model} is ${isFrozen ? "" : "not "}frozen, and was said to be frozen ${froze} times and thawed ${thawed} times`,
          pointer.frozen?.since ?? pointer.thawed?.at,
        ),
      ];
}

/** Code that was released reached whoever is champion. */
const codeIsCurrent = ({ code }: Seen, { model, pointer }: ModelRecords, excuses: Excuses): readonly Broken[] =>
  pointer && code && pointer.champion.code !== code && !excuses.code(model)
    ? [
        broken(
          `${model} ${releaseName(pointer.champion)} serves, and ${code.slice(0, 8)} is current`,
          pointer.champion.promotedAt,
        ),
      ]
    : [];

/** All that does not hold. While a dead letter waits for an operator, what it stands for may be missing. */
export function whatIsBroken(seen: Seen, facts: Facts, heard: ReadonlyMap<string, Envelope>): readonly Broken[] {
  const excuses = createExcuses(seen.letters);
  return [
    ...deadLettersHaveReasons(seen),
    ...eventsAreDelivered(seen),
    ...failingToRecordStaysQuiet(seen),
    ...everybodyHearsTheSame(seen, heard, excuses),
    ...acknowledgedIsThere(seen, facts),
    ...seen.models.flatMap((records) => [
      ...modelsAreFree(records),
      ...recordsAreAtTheirEnds(records, excuses),
      ...dropsAreAccountedFor(seen, records, facts, excuses),
      ...batchesAreTrainedOn(records, excuses),
      ...runsAreConcluded(records, excuses),
      ...productionAgrees(records, facts),
      ...eventsTellOfEachTurn(seen, records, excuses),
      ...eventsTellOfEachFreeze(seen, records, excuses),
      ...codeIsCurrent(seen, records, excuses),
    ]),
  ];
}
