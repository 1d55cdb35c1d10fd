import { createHash } from "node:crypto";

/** Draws whole numbers from 0 to n - 1. */
export type Draw = (n: number) => number;

/**
 * A generator that always gives the same numbers for the same seed, so that a judgement can be repeated:
 * sfc32 (Doty-Humphrey, PractRand), its state taken from the seed's SHA-256.
 */
export function seededDraw(seed: string): Draw {
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
  return (n) => Math.floor((next() / 2 ** 32) * n);
}
