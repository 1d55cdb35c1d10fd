import { ContractError, type Envelope, messageIdOf, shortDigest } from "@ratchet/contracts";
import { contractOf, type SchemaFault, schemaFaults } from "./faults.ts";
import { type Letter, subjectOf } from "./letter.ts";

/** An edit cannot be sent: what is wrong with it, field by field. */
export class EditError extends Error {
  override readonly name = "EditError";
  readonly faults: readonly SchemaFault[];

  constructor(letter: string, faults: readonly SchemaFault[]) {
    super(
      `${letter} cannot be sent like this: ${faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ")}`,
    );
    this.faults = faults;
  }
}

/**
 * The message that takes a letter's place: with other data, and all that it is known by as it was: its type, source, time and
 * trace, its model, run and version. Its subject follows from the data by its contract. It has an id of its own that follows from the letter and the data, since what was done because of the first must
 * not count for this one, and names the first as its cause.
 * @throws {EditError} when the letter is no CloudEvent, the data breaks the schema, or would make it about something else.
 */
export function editLetter(letter: Letter, data: unknown): Envelope {
  const { id, event } = letter;
  if (!event) throw new EditError(id, [{ path: "", message: "it is no CloudEvent; send a new message instead" }]);
  const cause = `${event.id}/edit/${shortDigest(data as never)}`;
  const faults = schemaFaults({ ...event, data });
  if (faults.length > 0) throw new EditError(id, faults);
  const edited = contractOf(event.type) ? built(letter, event, data, cause) : { ...event, data };
  const [is, was] = [subjectOf({ event: edited }), subjectOf(letter)];
  for (const name of ["model", "run", "version"] as const)
    if (is[name] !== was[name])
      throw new EditError(id, [
        {
          path: "data",
          message: `makes it about ${name} ${is[name] ?? "unknown"}, and it is about ${was[name] ?? "none"}: that is locked`,
        },
      ]);
  return { ...edited, id: messageIdOf(event.type, edited.subject, cause), time: event.time, causationid: event.id };
}

function built(letter: Letter, event: Envelope, data: unknown, cause: string): Envelope {
  const source = event.source.replace(/^\/ratchet\//, "");
  const origin = {
    source,
    time: new Date(event.time),
    cause,
    ...(event.traceparent && { traceparent: event.traceparent }),
  };
  try {
    const made = contractOf(event.type)?.build(data, origin);
    return { ...event, ...made, source: event.source };
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    throw new EditError(letter.id, [{ path: "data", message: error.message }]);
  }
}
