import { createHash } from "node:crypto";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type JsonSchema, type Refusal, refusals } from "./compatible.ts";
import type { Identity, Published } from "./published.ts";

/**
 * What was ever published, in `golden/<folder>/<n>.json` with its schema in `<n>.schema.json`. Versions are added and
 * never changed: `golden/SHA256SUMS` has the digest of each.
 */

export const goldenFolder = join(import.meta.dirname, "../../golden");
const sumsFile = "SHA256SUMS";

/** One version of a message or document as it was published. */
export interface Version {
  readonly number: number;
  readonly sample: unknown;
  readonly schema: JsonSchema;
}

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** The versions of something, in their order; a gap in their numbers ends them. */
export function versionsOf({ folder }: Pick<Published, "folder">, golden = goldenFolder): readonly Version[] {
  const found: Version[] = [];
  for (let number = 1; ; number += 1) {
    const file = (kind: string) => join(golden, folder, `${number}${kind}.json`);
    if (!existsSync(file(""))) return found;
    found.push({ number, sample: readJson(file("")), schema: readJson(file(".schema")) });
  }
}

/** A schema without what only people read. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== "object" || schema === null) return schema;
  const said = new Set(["title", "description", "examples", "$id", "$schema"]);
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      if (keyword === "properties" || keyword === "$defs")
        return [[keyword, Object.fromEntries(Object.entries(value).map(([name, field]) => [name, bare(field)]))]];
      return said.has(keyword) ? [] : [[keyword, bare(value)]];
    }),
  );
}

/** Whether today's version is one that was not published yet: another schema, or another subject or id of the same. */
export function isNew({ written, identity }: Published, versions: readonly Version[]): boolean {
  const newest = versions.at(-1);
  if (!newest || !isDeepStrictEqual(bare(written), bare(newest.schema))) return true;
  const today = identity(newest.sample);
  const then = newest.sample as Partial<Identity>;
  return today !== undefined && (today.subject !== then.subject || today.id !== then.id);
}

/** Subscribers filter by subject: the same said under another one does not reach them. */
function movedSubject({ identity }: Published, sample: unknown): readonly Refusal[] {
  const today = identity(sample)?.subject;
  const then = (sample as Partial<Identity>).subject;
  if (today === then) return [];
  return [{ path: "subject", reason: `was ${then} and would be ${today}` }];
}

/** What today's version would break of what was published, each with where, why and what to do. */
export function faultsOf(subject: Published, versions: readonly Version[]): readonly string[] {
  const { name, written, hasSubscribers, whenRefused, whenSubscribersRefuse } = subject;
  const told = (faults: readonly Refusal[], whom: string, whatToDo: string): readonly string[] =>
    faults.map(({ path, reason }) => `${name}, ${path}: ${reason}: ${whom}. What to do: ${whatToDo}.`);
  return versions.flatMap(({ number, sample, schema }) => {
    const readable = subject.readable(schema);
    try {
      subject.parse(sample);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [`${name}: version ${number} is not read any more: ${why}. What to do: ${whenRefused}.`];
    }
    return [
      ...told(
        readable ? refusals(schema, readable) : [],
        `what was sent or kept as version ${number} is refused`,
        whenRefused,
      ),
      ...told(
        hasSubscribers ? refusals(written, schema) : [],
        `subscribers who keep to version ${number} refuse it`,
        whenSubscribersRefuse,
      ),
      ...told(
        hasSubscribers ? movedSubject(subject, sample) : [],
        `subscribers who filter by the subject of version ${number} miss it`,
        whenSubscribersRefuse,
      ),
    ];
  });
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The files that publish today's version where it is new: text by path below `golden/`. */
export function newVersion(subject: Published, versions: readonly Version[]): ReadonlyMap<string, string> {
  if (!isNew(subject, versions)) return new Map();
  const stem = `${subject.folder}/${versions.length + 1}`;
  return new Map([
    [`${stem}.json`, json(subject.sample)],
    [`${stem}.schema.json`, json(subject.written)],
  ]);
}

/** The digests of all golden files, as `sha256sum --check` reads them. */
export const sumsOf = (golden = goldenFolder): string =>
  globSync("**/*.json", { cwd: golden })
    .sort()
    .map(
      (path) =>
        `${createHash("sha256")
          .update(readFileSync(join(golden, path)))
          .digest("hex")}  ${path}\n`,
    )
    .join("");

const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

const keptSums = (golden: string): readonly string[] => linesOf(readFileSync(join(golden, sumsFile), "utf8"));

/** The path in a line of `SHA256SUMS`, after the digest and two spaces. */
const pathIn = (line: string): string => `golden/${line.slice(66)}`;

/** Changes and removals of published files, by the digests that were kept; empty where history is as it was. */
export function rewritten(golden = goldenFolder): readonly string[] {
  const present = new Set(linesOf(sumsOf(golden)));
  return keptSums(golden)
    .filter((line) => !present.has(line))
    .map((line) => `${pathIn(line)} was changed or removed; history is only added to: restore it`);
}

/** Published files whose digest is not kept, so that nobody would see them change. */
export function unlisted(golden = goldenFolder): readonly string[] {
  const kept = new Set(keptSums(golden));
  return linesOf(sumsOf(golden))
    .filter((line) => !kept.has(line))
    .map(pathIn);
}

/** What stands in `golden/` and belongs to nothing that is defined, or to no version in the row. */
export function orphans(subjects: readonly Published[], golden = goldenFolder): readonly string[] {
  const known = new Set(subjects.map(({ folder }) => folder));
  const documents = readdirSync(join(golden, "documents")).map((name) => `documents/${name}`);
  const messages = readdirSync(golden).filter((name) => name !== "documents" && name !== sumsFile);
  const gone = [...messages, ...documents]
    .filter((folder) => !known.has(folder))
    .map((folder) => `golden/${folder} is of something that nothing defines: what was published is still to be read`);
  const counted = new Set(
    subjects.flatMap((subject) =>
      versionsOf(subject, golden).flatMap(({ number }) => [
        `${subject.folder}/${number}.json`,
        `${subject.folder}/${number}.schema.json`,
      ]),
    ),
  );
  const stray = subjects.flatMap(({ folder }) =>
    globSync("*", { cwd: join(golden, folder) })
      .filter((file) => !counted.has(`${folder}/${file}`))
      .map((file) => `golden/${folder}/${file} is no version: they are numbered from 1, without a gap`),
  );
  return [...gone, ...stray];
}

export { sumsFile };
