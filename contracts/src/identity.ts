import { createHash } from "node:crypto";

/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with the keys of every object in order, so that equal values have equal text. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value as Record<string, Json | undefined>)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}

/** SHA-256 of a value's canonical JSON, as 64 hexadecimal digits. */
export const digest = (value: Json): string => createHash("sha256").update(canonicalJson(value)).digest("hex");

/** The first 16 hexadecimal digits of {@link digest}: enough to name things, short enough to read. */
export const shortDigest = (value: Json): string => digest(value).slice(0, 16);

/** What a run is known by: the same on the same input. */
export interface RunIdentity {
  readonly model: string;
  readonly definitionVersion: string;
  /** Digest of what the run trains on. */
  readonly dataset: string;
  /** The release that the run starts from, or null for a cold start. */
  readonly warmStart: string | null;
  /** Set when somebody asks to train again on the same input; the id of that request. */
  readonly again?: string;
}

/** run id = `<model>-<hash>`: also the Azure ML job name, so that submitting twice is submitting once. */
export function runIdOf(identity: RunIdentity): string {
  return `${identity.model}-${shortDigest({ ...identity })}`;
}

/** batch id = hash of the model's name and the file's bytes (SHA-256 in hexadecimal). */
export const batchIdOf = (model: string, contentSha256: string): string => shortDigest({ model, contentSha256 });

/** drop id = hash of the file's path in `drops` and the blob's ETag (unquoted): each version of a file is a drop. */
export const dropIdOf = ({ file, etag }: { readonly file: string; readonly etag: string }): string =>
  shortDigest({ file, etag });

/** message id = hash of (type, subject, cause): sent twice, it is the same message. */
export const messageIdOf = (type: string, subject: string, cause: string): string =>
  digest({ type, subject, cause }).slice(0, 32);
