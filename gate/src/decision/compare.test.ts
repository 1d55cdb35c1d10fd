import { describe, expect, test } from "vitest";
import { classifier, wrongIn } from "../testing/scores.ts";
import { compare } from "./compare.ts";

/** Two classifiers that disagree in so many rows: the challenger has them right. */
const discordant = (rows: number, of: number) => ({
  challenger: classifier(wrongIn(of)),
  champion: classifier(wrongIn(of, [0, rows])),
});

describe("models are compared", () => {
  test("exactly where they disagree in fewer than 25 rows, by the bootstrap from there on", () => {
    expect(compare("accuracy", discordant(24, 100), 0.05, "seed")?.method).toBe("mcnemar-exact");
    expect(compare("accuracy", discordant(25, 100), 0.05, "seed")?.method).toBe("paired-bootstrap");
  });

  test("by no bootstrap of fewer than 30 rows", () => {
    const bounds = (rows: number) => {
      const found = compare("macro-f1", discordant(5, rows), 0.05, "seed");
      return [found?.lowerBound, found?.championLead].map((bound) => bound === null);
    };
    expect(bounds(29)).toEqual([true, true]);
    expect(bounds(30)).toEqual([false, false]);
  });

  test("with a bound of exactly 0 from either side where they do not differ", () => {
    const found = compare("macro-f1", discordant(0, 100), 0.05, "seed");
    expect([found?.improvement, found?.lowerBound, found?.championLead]).toEqual([0, 0, 0]);
    expect(Object.is(found?.championLead, 0)).toBe(true);
  });

  test("from either side alike", () => {
    const { challenger, champion } = discordant(12, 100);
    const one = compare("accuracy", { challenger, champion }, 0.05, "seed");
    const other = compare("accuracy", { challenger: champion, champion: challenger }, 0.05, "seed");
    expect(one?.lowerBound).toBeGreaterThan(0);
    expect(other?.championLead).toBe(one?.lowerBound);
    expect(other?.lowerBound).toBe(one?.championLead);
  });
});
