import { type ArchivedLetter, archivedLetter, paths } from "@ratchet/contracts";
import { atATime, type Blobs, type DocumentStore } from "@ratchet/state";
import type { Letter } from "../letters/letter.ts";
import type { LetterSource } from "./source.ts";

const atOnce = 16;

/** A letter in the archive: as it was, with who put it there. */
export interface KeptLetter extends Omit<ArchivedLetter, "letter"> {
  readonly letter: Letter;
}

/** The name of an archived letter's blob: ids of letters have slashes of their own, and a mark that addresses have not. */
const pathOf = (id: string): string => paths.archivedLetter(id.replaceAll("#", "~"));

/** Keeps a letter as it is. Kept again, it is the same. */
export async function keepLetter(documents: DocumentStore, { letter, ...rest }: KeptLetter): Promise<void> {
  await documents.write(pathOf(letter.id), archivedLetter, { ...rest, letter: { ...letter } }, "any");
}

async function readKept(documents: DocumentStore, path: string): Promise<KeptLetter | undefined> {
  const stored = await documents.read(path, archivedLetter);
  // It was written by `keepLetter`: a letter, whatever later versions of one have beside.
  return stored && { ...stored.value, letter: stored.value.letter as unknown as Letter };
}

/** Every letter in the archive, the newest first. */
export async function listArchive(documents: DocumentStore): Promise<readonly KeptLetter[]> {
  const all = await Array.fromAsync(documents.list(paths.archivedLetters));
  const kept = (await atATime(atOnce, all, (path) => readKept(documents, path))).flatMap((one) => one ?? []);
  return kept.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** The archive as a place where letters lie: their ids are those that they had. */
export const archiveSource = (documents: DocumentStore, blobs: Blobs): LetterSource => ({
  list: async () => (await listArchive(documents)).map(({ letter }) => letter),
  take() {
    const given = new Set<string>();
    return {
      async next(wanted, most) {
        const ids = [...wanted].filter((id) => !given.has(id)).slice(0, most);
        for (const id of ids) given.add(id);
        const kept = await atATime(atOnce, ids, (id) => readKept(documents, pathOf(id)));
        return { letters: kept.flatMap((one) => (one ? [one.letter] : [])), more: ids.length > 0 };
      },
      async complete(letters) {
        await atATime(atOnce, letters, ({ id }) => blobs.remove(pathOf(id)));
      },
      close: async () => undefined,
    };
  },
});
