import { batchIdOf, type DropRecord } from "@ratchet/contracts";
import { checkSize, FileFault, inspectFile, reasonOf } from "@ratchet/formats";
import { moveDrop, readManifest } from "../stores.ts";
import { openDrop, SupersededDropError } from "./dropped-file.ts";
import { makeBatch } from "./make-batch.ts";
import type { WorkOnDrop } from "./work-on-drop.ts";

/** Takes a drop whose batch is there already: then the dropped blob is not needed. */
async function takeWhatIsThere(
  { watcher: { stores }, drop, key, now }: WorkOnDrop,
  { batch }: DropRecord,
): Promise<DropRecord | undefined> {
  if (!batch || !(await readManifest(stores, drop.model, batch))) return undefined;
  return moveDrop(stores, key, { kind: "take", at: now.toISOString() });
}

/**
 * Makes a batch of a drop's content. Which one it will be is written down before any of it is written, so that whoever
 * goes on finds it though the dropped blob has become another meanwhile.
 * @returns the record: taken, or refused because the file has a fault or is gone.
 */
export async function takeContent(work: WorkOnDrop, record: DropRecord): Promise<DropRecord> {
  const { watcher, applied, drop, key, now } = work;
  const { stores } = watcher;
  const at = now.toISOString();
  let latest = record;
  const there = await takeWhatIsThere(work, latest);
  if (there) return there;
  try {
    const dropped = await openDrop(stores.blobs("drops"), drop);
    checkSize(dropped.bytes, applied.definition.data);
    const inspection = await inspectFile(dropped.read(), applied.definition, drop.file);
    const batch = batchIdOf(drop.model, inspection.contentSha256);
    latest = await moveDrop(stores, key, { kind: "intend", at, batch });
    if (latest.phase !== "inspected") return latest;
    await makeBatch(stores, applied, drop, dropped, inspection, now);
    return moveDrop(stores, key, { kind: "take", at });
  } catch (error) {
    if (error instanceof FileFault) {
      const { code, place } = error;
      const { row, column } = place;
      const refusal = { code, reason: reasonOf(drop.file, error), row, column };
      return moveDrop(stores, key, { kind: "refuse", at, refusal });
    }
    if (!(error instanceof SupersededDropError)) throw error;
    const refusal = { code: error.code, reason: error.message };
    // The same content may have become a batch by another drop.
    return (await takeWhatIsThere(work, latest)) ?? moveDrop(stores, key, { kind: "refuse", at, refusal });
  }
}
