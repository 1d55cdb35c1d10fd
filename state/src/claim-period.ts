import { paths, sweepRecord } from "@ratchet/contracts";
import type { DocumentStore } from "./document-store.ts";

/** The beginning of the period that an instant lies in; periods of one length begin at the same instants everywhere. */
export const periodOf = (now: Date, length: number): Date => new Date(Math.floor(now.getTime() / length) * length);

/**
 * Claims a period for whoever asks first: of any number of instances one sweeps.
 * @param name names what is swept.
 * @param length of a period, in milliseconds.
 * @returns the beginning of the period; undefined where it, or a later one, is claimed already.
 */
export async function claimPeriod(
  documents: DocumentStore,
  name: string,
  length: number,
  now: Date,
): Promise<Date | undefined> {
  const period = periodOf(now, length);
  let claimed = false;
  await documents.update(paths.sweep(name), sweepRecord, (last) => {
    claimed = !last || Date.parse(last.period) < period.getTime();
    return claimed ? { period: period.toISOString() } : undefined;
  });
  return claimed ? period : undefined;
}
