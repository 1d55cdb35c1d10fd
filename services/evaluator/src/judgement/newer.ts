import type { JudgementRecord } from "@ratchet/contracts";
import { moveJudgement, openJudgements, readJudgement, type Stores } from "../stores.ts";

const isNumber = (version: string): boolean => /^\d+$/.test(version);

type Aged = Pick<JudgementRecord, "version" | "firstAskedAt">;

/** Whether one challenger of a model is newer than another: by number where both have one, else by when it was asked about. */
export function isNewer(one: Aged, other: Aged): boolean {
  if (isNumber(one.version) && isNumber(other.version)) return Number(one.version) > Number(other.version);
  if (one.firstAskedAt !== other.firstAskedAt) return one.firstAskedAt > other.firstAskedAt;
  return one.version > other.version;
}

/**
 * Lets the newest challenger of a model overtake the others that are open: they are not judged again by themselves.
 * @returns the record as it is then: it may have been overtaken itself.
 */
export async function overtakeOlder(stores: Stores, record: JudgementRecord, now: Date): Promise<JudgementRecord> {
  const { model } = record;
  let current = record;
  for await (const { key: version } of openJudgements(stores, model).marks()) {
    if (version === record.version) continue;
    const other = await readJudgement(stores, model, version);
    if (!other) continue;
    if (isNewer(record, other)) await moveJudgement(stores, other, { kind: "overtake", by: record.version, now });
    else current = await moveJudgement(stores, record, { kind: "overtake", by: version, now });
  }
  return current;
}
