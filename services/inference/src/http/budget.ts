import { tooBusy } from "../protocol/errors.ts";

/** How much of a budget is taken. */
export interface Budget {
  /**
   * Takes a share; what it gives back gives the share back, once.
   * @throws {InferenceError} when others have too much of it (429).
   */
  take(share: number): () => void;
  taken(): number;
}

/** A budget of bytes. Who comes alone gets its share, however large. */
export function createBudget(all: number): Budget {
  let taken = 0;
  return {
    taken: () => taken,
    take(share) {
      if (taken > 0 && taken + share > all)
        throw tooBusy(`requests of ${taken} bytes are being worked on, and together they may have ${all}`);
      taken += share;
      let given = false;
      return () => {
        if (!given) taken -= share;
        given = true;
      };
    },
  };
}
