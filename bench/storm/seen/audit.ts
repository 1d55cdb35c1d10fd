import { readAdmissions } from "@ratchet/cli/model-records";
import { dataAdmitted, dataRefused, dropRecord, type Envelope, keptEnvelope } from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import type { Stack } from "../stack/stack.ts";

const readsAtATime = 16;

/** How often each of many files is named. */
function countByFile(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What the records say has become of the files that were dropped. */
export interface Audit {
  readonly admitted: number;
  readonly refused: number;
  /** Files of which not exactly one record says that exactly one of both has become of them, and was told. */
  readonly wrongRecords: number;
  /** Files that do not stand once among the admissions of their model where they are admitted, or do where they are not. */
  readonly wrongAdmissions: number;
  /** Files of which not exactly one event says what has become of them. */
  readonly wrongEvents: number;
}

async function recordsOf({ deployment }: Stack, models: readonly string[]) {
  const documents = deployment.documents("batches");
  const paths = await atATime(readsAtATime, models, (model) => Array.fromAsync(documents.list(`${model}/drops/`)));
  const read = await atATime(readsAtATime, paths.flat(), (path) => documents.read(path, dropRecord));
  return read.flatMap((stored) => (stored ? [stored.value] : []));
}

async function filesOfEvents({ deployment }: Stack): Promise<readonly string[]> {
  const documents = deployment.documents("ledger");
  const paths = await Array.fromAsync(documents.list("events/"));
  const read = await atATime(readsAtATime, paths, (path) => documents.read(path, keptEnvelope));
  const events: readonly Envelope[] = read.flatMap((stored) => (stored ? [stored.value] : []));
  return events.flatMap((event) =>
    dataAdmitted.is(event) || dataRefused.is(event) ? [(event.data as { readonly file: string }).file] : [],
  );
}

/** Holds what has become of the files of some models against each other: records, admissions, events. */
export async function auditFiles(stack: Stack, models: readonly string[], files: readonly string[]): Promise<Audit> {
  const records = await recordsOf(stack, models);
  const admissions = await atATime(readsAtATime, models, (model) => readAdmissions(stack.deployment, model));
  const events = countByFile(await filesOfEvents(stack));
  const among = countByFile(admissions.flatMap((one) => one?.batches.map(({ file }) => file) ?? []));
  const recorded = countByFile(records.map(({ file }) => file));
  const phases = new Map(records.map((record) => [record.file, record]));
  const isTold = (file: string): boolean => {
    const record = phases.get(file);
    return (
      recorded.get(file) === 1 &&
      (record?.phase === "admitted" || record?.phase === "refused") &&
      record.lookAt === null
    );
  };
  const isAdmitted = (file: string): boolean => phases.get(file)?.phase === "admitted";
  const count = (fits: (file: string) => boolean): number => files.filter(fits).length;
  return {
    admitted: count(isAdmitted),
    refused: count((file) => phases.get(file)?.phase === "refused"),
    wrongRecords: count((file) => !isTold(file)),
    wrongAdmissions: count((file) => (among.get(file) ?? 0) !== (isAdmitted(file) ? 1 : 0)),
    wrongEvents: count((file) => events.get(file) !== 1),
  };
}
