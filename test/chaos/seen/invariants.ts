import type { Envelope } from "@ratchet/contracts";
import type { Facts } from "../load/facts.ts";
import type { Broken } from "./broken.ts";
import { acknowledgedIsThere, batchesAreTrainedOn, dropsAreAccountedFor } from "./invariants-of-data.ts";
import {
  deadLettersHaveReasons,
  eventsAreDelivered,
  everybodyHearsTheSame,
  failingToRecordStaysQuiet,
} from "./invariants-of-messages.ts";
import { modelsAreFree, openRuns, recordsAreAtTheirEnds, runsAreConcluded } from "./invariants-of-processes.ts";
import {
  codeIsCurrent,
  eventsTellOfEachFreeze,
  eventsTellOfEachTurn,
  productionAgrees,
} from "./invariants-of-production.ts";
import { createExcuses } from "./letters.ts";
import type { Seen } from "./seen.ts";

/*
 * The rules of the simulation (simulation/src/invariants.ts), read from outside: blobs, queues, endpoints, and the events in
 * the console's record. Where the simulation sees every write, this sees what is left.
 */

/**
 * What holds an end of it open: nothing is on its way any more, and nothing runs. Where every run is concluded, a look at one that
 * is still to come finds nothing to do.
 */
export function restlessness({ waiting, models }: Pick<Seen, "waiting" | "models">): readonly string[] {
  const open = models.flatMap(openRuns);
  const messages = [...waiting].flatMap(([queue, { ready, scheduled }]) => {
    const count = queue === "training-ended" && open.length === 0 ? ready : ready + scheduled;
    return count > 0 ? [`${count} in ${queue}`] : [];
  });
  return [...messages, ...open.map(({ runId, status }) => `the run ${runId} is ${status}, and not concluded`)];
}

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
