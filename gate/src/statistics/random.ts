import { createHash } from "node:crypto";

/** Draws whole numbers from 0 to n - 1. */
export type Draw = (n: number) => number;

/**
 * Whole numbers of 32 bits that are always the same for the same seed, so that a judgement can be repeated:
 * sfc32 (Doty-Humphrey, PractRand), its state taken from the seed's SHA-256.
 */
export function seededWords(seed: string): () => number {
  const hash = createHash("sha256").update(seed).digest();
  let a = hash.readInt32LE(0);
  let b = hash.readInt32LE(4);
  let c = hash.readInt32LE(8);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

export function seededDraw(seed: string): Draw {
  const next = seededWords(seed);
  return (n) => Math.floor((next() / 2 ** 32) * n);
}
