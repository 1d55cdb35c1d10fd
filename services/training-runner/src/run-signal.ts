import type { Envelope } from "@ratchet/contracts";

/** Something that says a run may have ended. */
export interface RunSignal {
  readonly runId: string;
  /** Whether the run's command says itself that it is through: the workspace will say so too within seconds. */
  readonly done: boolean;
}

const donePattern = /^\/blobServices\/default\/containers\/runs\/blobs\/([^/]+)\/done\/_DONE\.json$/;
const runSubject = /(?:^|\/)runs\/([^/]+)$/i;
const runIdPattern = /^([a-z][a-z0-9-]{0,38}[a-z0-9])-[0-9a-f]{16}$/;

/** The value of a field whatever the case it is written in: Azure ML's samples and its events differ. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const entry = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return entry?.[1];
}

/** The model whose run has this id; undefined for a run that cannot be Ratchet's. */
export const modelOfRun = (runId: string): string | undefined => runIdPattern.exec(runId)?.[1];

/**
 * Reads an event of Azure that may tell of a run's end: `_DONE.json` written, or a run of Azure ML completed or changed.
 * @returns undefined for what is no run of Ratchet's.
 */
export function readRunSignal({ subject, data }: Pick<Envelope, "subject" | "data">): RunSignal | undefined {
  const done = donePattern.exec(subject)?.[1];
  const told = field(data, "runId");
  const runId = done ?? (typeof told === "string" && told !== "" ? told : runSubject.exec(subject)?.[1]);
  if (runId === undefined || modelOfRun(runId) === undefined) return undefined;
  return { runId, done: done !== undefined };
}
