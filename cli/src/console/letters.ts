import { type Letter, listLetters, type Surroundings } from "@ratchet/operators";

/** How old what is shown may be: looking at ten thousand letters takes a second. */
const freshMs = 1_500;

/** The dead letters as they were a moment ago, looked at once for whoever asks meanwhile. */
export interface LetterBook {
  /** @param isNew looks again, however short ago it was. */
  read(isNew?: boolean): Promise<readonly Letter[]>;
}

export function letterBook(ground: Surroundings): LetterBook {
  let looked: { readonly at: number; readonly letters: Promise<readonly Letter[]> } | undefined;
  return {
    read(isNew = false) {
      const now = ground.clock().getTime();
      if (looked && !isNew && now - looked.at < freshMs) return looked.letters;
      const letters = listLetters(ground);
      const look = { at: now, letters };
      looked = look;
      // What failed is not kept; who asked hears of it.
      letters.catch(() => {
        if (looked === look) looked = undefined;
      });
      return letters;
    },
  };
}
