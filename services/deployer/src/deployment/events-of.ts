import {
  type ChampionPointer,
  type DeploymentRecord,
  modelFrozen,
  modelPromoted,
  modelRolledBack,
  paths,
} from "@ratchet/contracts";
import { type Because, type KeptEvent, keptEvent } from "./kept-event.ts";

const because = ({ command }: DeploymentRecord, now: Date): Because => ({
  cause: command.id,
  traceparent: command.traceparent,
  now,
});

const eventCauses: Readonly<Record<string, string>> = { promote: "verdict", force: "forced", code: "code" };

/** That a release serves as champion. */
function promoted(record: DeploymentRecord, { endpoint, frozen }: ChampionPointer, now: Date): KeptEvent {
  const { model, command, release, former } = record;
  const { version, code, package: packageSha256, runId, verdict } = release;
  return keptEvent(
    modelPromoted,
    {
      model,
      version,
      code,
      package: packageSha256,
      ...(runId === undefined ? {} : { runId }),
      cause: eventCauses[command.kind] ?? command.kind,
      ...(command.reason === undefined ? {} : { reason: command.reason }),
      ...(frozen ? { frozen: true } : {}),
      previous: former && { version: former.version, code: former.code },
      endpoint,
      verdict,
      report: paths.verdictReport(model, version),
    },
    because(record, now),
  );
}

/** That the release before the champion serves again, and that it stays. */
function rolledBack(record: DeploymentRecord, { endpoint, frozen }: ChampionPointer, now: Date): readonly KeptEvent[] {
  const { model, command, release, former } = record;
  const { reason = "no reason was given", requestedBy } = command;
  const from = former ?? release;
  const event = keptEvent(
    modelRolledBack,
    {
      model,
      version: release.version,
      code: release.code,
      from: { version: from.version, code: from.code },
      cause: "request",
      reason,
      endpoint,
    },
    because(record, now),
  );
  if (frozen?.cause !== command.id) return [event];
  const freeze = {
    model,
    version: release.version,
    cause: "roll-back",
    reason,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
  return [event, keptEvent(modelFrozen, freeze, because(record, now))];
}

/** What is to be stated of a deployment whose release serves, and is written down as champion. */
export function eventsOfSuccess(record: DeploymentRecord, pointer: ChampionPointer, now: Date): readonly KeptEvent[] {
  switch (record.command.kind) {
    case "restore":
      return [];
    case "roll-back":
      return rolledBack(record, pointer, now);
    default:
      return [promoted(record, pointer, now)];
  }
}

/** What is to be stated of a deployment that has failed: of one that was in production, that the former release serves again. */
export function eventsOfFailure(record: DeploymentRecord, now: Date): readonly KeptEvent[] {
  const { model, release, former, turnedBack, endpoint } = record;
  if (turnedBack === undefined || !former || endpoint === undefined) return [];
  const event = keptEvent(
    modelRolledBack,
    {
      model,
      version: former.version,
      code: former.code,
      from: { version: release.version, code: release.code },
      cause: "verification-failed",
      reason: turnedBack,
      endpoint,
    },
    because(record, now),
  );
  return [event];
}
