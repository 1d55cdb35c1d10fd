import { blobOf, type Envelope, eventText, modelName, wholeBlobCalls } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";

/** A file that was dropped, as the event of its blob tells it. */
export interface Drop {
  readonly model: string;
  /** Path in `drops`: the model's name, then anything. */
  readonly file: string;
  /** ETag of the blob that the event is about, unquoted. */
  readonly etag: string;
}

/** Storage gives an ETag with quotes or without, by the call. */
export const unquotedEtag = (etag: string): string => etag.replaceAll('"', "");

/** What a blob event means to the data-watcher. */
export type DropEvent =
  | { readonly kind: "drop"; readonly drop: Drop }
  | { readonly kind: "ignore"; readonly why: string };

/** A file lies in `drops` but in no model's folder. */
export class MisplacedDropError extends PermanentError {
  override readonly name = "MisplacedDropError";

  constructor(file: string) {
    super(`${file} lies in no model's folder; drop it as <model>/${file.slice(file.indexOf("/") + 1)}`);
  }
}

/** An event that says it is a BlobCreated of `drops` and is not. */
export class UnreadableEventError extends PermanentError {
  override readonly name = "UnreadableEventError";
}

/**
 * The model in whose folder of `drops` a file lies.
 * @throws {MisplacedDropError} when there can be no model of that name.
 */
export function modelOf(file: string): string {
  const slash = file.indexOf("/");
  const model = file.slice(0, Math.max(slash, 0));
  if (!modelName.safeParse(model).success) throw new MisplacedDropError(file);
  return model;
}

/**
 * Reads `Microsoft.Storage.BlobCreated`. The subscription filters on `data.api` already; here it is asked again, for a
 * replayed or hand-made event must not admit half a file.
 * @throws {MisplacedDropError} when the file is in no model's folder.
 * @throws {UnreadableEventError} when the event lacks what every BlobCreated has.
 */
export function readDropEvent({ subject, data }: Pick<Envelope, "subject" | "data">): DropEvent {
  const file = blobOf("drops", { subject });
  if (file === undefined)
    throw new UnreadableEventError(`${subject} is no blob of the container drops; mend the event subscription`);
  if (typeof data !== "object" || data === null) throw new UnreadableEventError(`the event of ${subject} has no data`);
  const api = eventText(data, "api");
  if (api === undefined || !wholeBlobCalls.includes(api))
    return { kind: "ignore", why: `${api ?? "an unnamed call"} does not complete a blob` };
  const etag = unquotedEtag(eventText(data, "eTag") ?? "");
  if (!etag) throw new UnreadableEventError(`the event of ${subject} has no data.eTag`);
  return { kind: "drop", drop: { model: modelOf(file), file, etag } };
}
