import {
  admission,
  admissions,
  batchIdOf,
  type ChampionPointer,
  type ContainerName,
  championPointer,
  type DatasetRef,
  type DocumentKind,
  dataAdmitted,
  dataQuarantined,
  dataRefused,
  dataset,
  datasetPage,
  messageFailed,
  paths,
  run,
  trainingSlot,
  verdict,
} from "@ratchet/contracts";
import { type Admissions, allAdmissions, noneAsked } from "@ratchet/state";
import { turnsOf } from "./world/facts.ts";
import { hasEnded } from "./world/machine-learning.ts";
import type { World } from "./world/world.ts";

/** What must hold when all is at rest, and does not: a sentence for each. */
export type Broken = readonly string[];

function documentAt<Value>(
  { storage }: World,
  container: ContainerName,
  path: string,
  kind: DocumentKind<Value>,
): Value | undefined {
  const content = storage.get(container, path);
  return content && kind.parse(JSON.parse(content.toString("utf8")));
}

/** All that a model has admitted, as its log has it. */
function admissionsOf(world: World, model: string): Admissions {
  const pages = world.storage
    .paths("batches", `${paths.admissionLog(model)}/`)
    .filter((path) => path.endsWith(".jsonl"));
  const lines = pages.flatMap(
    (path) => world.storage.get("batches", path)?.toString("utf8").trimEnd().split("\n") ?? [],
  );
  const asked = documentAt(world, "batches", paths.admissions(model), admissions) ?? noneAsked(model);
  // In a simulation no log has a second page.
  const log = lines.map((line, index) => ({ entry: admission.parse(JSON.parse(line)), position: index + 1 }));
  return allAdmissions(asked, log);
}

/** Nothing is on its way any more, and nothing runs. */
export const isAtRest = ({ queues, undelivered, cluster, machineLearning }: World): boolean =>
  undelivered === 0 &&
  cluster.isIdle &&
  [...queues.values()].every(({ count }) => count === 0) &&
  [...machineLearning.jobs.values()].every(hasEnded);

/** Why all is not at rest, in words. */
export function restlessness({ queues, undelivered, machineLearning }: World): Broken {
  const waiting = [...queues.values()].filter(({ count }) => count > 0).map(({ name, count }) => `${count} in ${name}`);
  const jobs = [...machineLearning.jobs.values()].filter((job) => !hasEnded(job)).map(({ name }) => name);
  return [
    `it does not come to rest: ${waiting.join(", ") || "no message"}, ${undelivered} events under way, jobs: ${jobs.join(", ") || "none"}`,
  ];
}

/** Every dead letter tells why it is one. */
const deadLettersHaveReasons = ({ queues }: World): Broken =>
  [...queues.values()].flatMap((queue) =>
    queue
      .deadLetters()
      .filter(
        ({ properties, abandonedInSilence }) => !abandonedInSilence && properties["ratchet-failure-name"] === undefined,
      )
      .map(({ messageId }) => `a dead letter of ${queue.name} has no reason: ${messageId}`),
  );

/** Failing to record an event makes no further events: they would come back to be recorded. */
const failingToRecordStaysQuiet = ({ facts }: World): Broken => {
  const told = facts.said.filter((event) => messageFailed.is(event) && event.data.queue === "run-ledger");
  return told.length > 0
    ? [`${told.length} events tell that an event could not be recorded, and came back to be recorded`]
    : [];
};

/** No model waits for something that does not come. */
function modelsAreFree(world: World, model: string): Broken {
  const slot = documentAt(world, "training", paths.trainingSlot(model), trainingSlot);
  const { pending } = admissionsOf(world, model);
  return [
    ...(slot?.running
      ? [`the training slot of ${model} is held by ${slot.running.runId}, which has ended or never began`]
      : []),
    ...(slot?.waiting ? [`training of ${model} waits and nobody asks for it`] : []),
    ...(pending ? [`batches of ${model} are pending and nobody asks for training`] : []),
  ];
}

/** Every dropped row is in exactly one batch, admitted or in quarantine, or refused; and each is said to be there once. */
function dropsAreAccountedFor(world: World, model: string, lettersLeft: boolean): Broken {
  const { all, withdrawn, quarantined } = admissionsOf(world, model);
  const admitted = new Set(all.map(({ batch }) => batch));
  const neverAdmitted = [...quarantined, ...withdrawn.filter((one) => one.quarantined)];
  const held = new Set([...neverAdmitted, ...all.filter(({ released }) => released)].map(({ batch }) => batch));
  const known = new Set([...admitted, ...held]);
  const { drops, said } = world.facts;
  const broken: string[] = [];
  for (const path of world.storage.paths("batches", `${model}/`)) {
    const batch = /^[^/]+\/([0-9a-f]{16})\/manifest\.json$/.exec(path)?.[1];
    if (batch !== undefined && !known.has(batch))
      broken.push(`the batch ${batch} of ${model} has a manifest and is not admitted: its content can never come in`);
  }
  for (const [batches, contract, word] of [
    [admitted, dataAdmitted, "admitted"],
    [held, dataQuarantined, "in quarantine"],
  ] as const)
    for (const batch of batches) {
      const times = said.filter(
        (event) => contract.is(event) && event.data.model === model && event.data.batch === batch,
      ).length;
      if (times !== 1 && !(times === 0 && lettersLeft))
        broken.push(`the batch ${batch} of ${model} was said to be ${word} ${times} times`);
    }
  for (const { model: of, file, etag, contentSha256, good } of drops) {
    if (of !== model || lettersLeft) continue;
    const refused = said.some((event) => dataRefused.is(event) && event.data.file === file);
    const stillThere = world.storage.etagOf("drops", file) === etag;
    if (!refused && stillThere && !(good && known.has(batchIdOf(model, contentSha256))))
      broken.push(`${file} (${etag}) was neither admitted nor refused`);
  }
  return broken;
}

/** The batches of a run's data. */
function batchesIn(world: World, model: string, ref: DatasetRef | undefined): readonly string[] {
  const described = ref && documentAt(world, "datasets", paths.dataset(model, ref.digest), dataset);
  return (described?.pages ?? []).flatMap(
    ({ digest }) => documentAt(world, "datasets", paths.datasetPage(model, digest), datasetPage)?.batches ?? [],
  );
}

/** The batches of all runs of a model. */
const trainedOn = (world: World, model: string): ReadonlySet<string> =>
  new Set(
    world.storage
      .paths("training", `${model}/runs/`)
      .flatMap((path) => batchesIn(world, model, documentAt(world, "training", path, run)?.dataset)),
  );

/** Nothing was trained on a batch that nobody has admitted. */
function quarantineIsKept(world: World, model: string): Broken {
  const { quarantined, withdrawn } = admissionsOf(world, model);
  const trained = trainedOn(world, model);
  return [...quarantined, ...withdrawn.filter((one) => one.quarantined)]
    .filter(({ batch }) => trained.has(batch))
    .map(({ batch }) => `the batch ${batch} of ${model} is in quarantine, and a run was trained on it`);
}

/** Every admitted batch was trained on, or the training that was to has ended otherwise. */
function batchesAreTrainedOn(world: World, model: string): Broken {
  const admitted = admissionsOf(world, model).batches;
  const trained = trainedOn(world, model);
  const left = admitted.filter(({ batch }) => !trained.has(batch));
  return left.length === 0
    ? []
    : [`${left.length} admitted batches of ${model} are in no run: ${left[0]?.batch} and others`];
}

/** Every run has a record that has ended, and every completed one a verdict. */
function runsAreConcluded(world: World, model: string, lettersLeft: boolean): Broken {
  return world.storage.paths("training", `${model}/runs/`).flatMap((path) => {
    const record = documentAt(world, "training", path, run);
    if (!record) return [];
    if (record.status === "submitted" || (record.status === "claimed" && !record.givenUp))
      return [`the run ${record.runId} has no end in its record`];
    const judged = world.storage.get("verdicts", paths.verdict(model, record.version)) !== undefined;
    return record.status === "completed" && !judged && !lettersLeft
      ? [`the run ${record.runId} has completed and ${model} ${record.version} was never judged`]
      : [];
  });
}

const appOf = ({ endpoint }: ChampionPointer): string => new URL(endpoint).hostname.split(".")[0] ?? "";

/** Production, pointer and what was said of them agree, and nothing is in production that was not judged better or forced. */
function productionAgrees(world: World, model: string, lettersLeft: boolean): Broken {
  const pointer = documentAt(world, "champions", paths.champion(model), championPointer);
  if (!pointer) return [];
  const broken: string[] = [];
  const { champion } = pointer;
  const served = world.apps.serves(appOf(pointer));
  if (served?.model !== model || served.version !== champion.version || served.code !== champion.code)
    broken.push(
      `production of ${model} serves ${served ? `${served.model} ${served.version} with code ${served.code.slice(0, 8)}` : "nothing"} and its pointer says ${champion.version} with code ${champion.code.slice(0, 8)}`,
    );
  const found = documentAt(world, "verdicts", paths.verdict(model, champion.version), verdict);
  if (found?.decision !== "promote" && !world.facts.forced.has(`${model}/${champion.version}`))
    broken.push(`${model} ${champion.version} is champion and was judged ${found?.decision ?? "never"}`);
  if (found && served?.model === model && served.version === champion.version && served.onnx !== found.onnx.sha256)
    broken.push(`${model} ${champion.version} serves another ONNX than was judged`);
  const moves = (world.facts.champions.get(model) ?? []).map(
    ({ champion: { version, code } }) => `${version} ${code.slice(0, 8)}`,
  );
  const told = turnsOf(world.facts, model)
    .filter((turn) => turn.kind === "promoted" || turn.cause === "request")
    .map(({ version, code }) => `${version} ${code.slice(0, 8)}`);
  if (moves.join() !== told.join() && !lettersLeft)
    broken.push(`the champions of ${model} were ${moves.join(", ")}; said was ${told.join(", ") || "nothing"}`);
  return broken;
}

/** Whether code that was released reached whoever is champion. */
function codeIsCurrent(world: World, model: string, lettersLeft: boolean): Broken {
  const pointer = documentAt(world, "champions", paths.champion(model), championPointer);
  const current = world.storage.get("champions", paths.currentCode);
  if (!pointer || !current || lettersLeft) return [];
  const { code } = JSON.parse(current.toString("utf8")) as { readonly code: string };
  const refused = world.facts.brokenCode.has(code);
  return pointer.champion.code === code || refused
    ? []
    : [
        `${model} ${pointer.champion.version} serves code ${pointer.champion.code.slice(0, 8)} and ${code.slice(0, 8)} is current`,
      ];
}

/** All that does not hold. While dead letters wait for an operator, what they stand for may be missing. */
export function whatIsBroken(world: World, models: readonly string[]): Broken {
  const lettersLeft = [...world.queues.values()].some((queue) => queue.deadLetters().length > 0);
  return [
    ...world.facts.broken,
    ...deadLettersHaveReasons(world),
    ...failingToRecordStaysQuiet(world),
    ...models.flatMap((model) => [
      ...modelsAreFree(world, model),
      ...dropsAreAccountedFor(world, model, lettersLeft),
      ...quarantineIsKept(world, model),
      ...(lettersLeft ? [] : batchesAreTrainedOn(world, model)),
      ...runsAreConcluded(world, model, lettersLeft),
      ...productionAgrees(world, model, lettersLeft),
      ...codeIsCurrent(world, model, lettersLeft),
    ]),
  ];
}
