import type { ChampionPointer, DeploymentRecord } from "@ratchet/contracts";

/** The record of an app that was deployed to before apps had records: its champion serves, and nothing is under way. */
export function firstRecord(
  app: string,
  { model, champion, previous, endpoint }: ChampionPointer,
  now: Date,
): DeploymentRecord {
  return {
    app,
    model,
    step: 0,
    command: { id: champion.cause ?? champion.package, kind: "promote", model, version: champion.version },
    release: champion,
    former: previous,
    state: "announced",
    since: now.toISOString(),
    looks: 0,
    rounds: 0,
    saidStuck: false,
    endpoint,
    settled: true,
    waiting: [],
    events: [],
  };
}
