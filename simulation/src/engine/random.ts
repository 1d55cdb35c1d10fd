import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chance, all of it from one seed: the same seed, the same chances in the same order. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  /** Whether something happens that happens with this probability. */
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<Item>(items: readonly Item[]): Item;
  /** A span of time in milliseconds, spread evenly over its orders of magnitude: short ones as likely as long ones. */
  span(least: number, most: number): number;
}

const steps = 0x7fff_ffff;

export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (least: number, most: number): number => uniformInt(generator, least, most);
  const fraction = (): number => int(0, steps - 1) / steps;
  return {
    int,
    chance: (probability) => fraction() < probability,
    pick<Item>(items: readonly Item[]): Item {
      if (items.length === 0) throw new RangeError("there is nothing to pick from");
      return items[int(0, items.length - 1)] as Item;
    },
    span: (least, most) => Math.round(least * (most / least) ** fraction()),
  };
}
