import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomialUpperTail } from "./binomial.ts";
import { accuracyLowerBound, accuracyP, mcnemarP } from "./mcnemar.ts";

describe("McNemar's exact test", () => {
  test("agrees with published values", () => {
    // 7 of 8 discordant pairs one way: airway reactivity before and after transplantation. M. Fagerland, S. Lydersen and P. Laake,
    // Recommended tests and confidence intervals for paired binomial proportions, 2014: p = 0.0703, two-sided.
    expect(2 * mcnemarP({ gained: 7, lost: 1, rows: 21 })).toBeCloseTo(0.0703, 4);
    expect(binomialUpperTail(8, 10, 0.5)).toBeCloseTo(56 / 1024, 14);
    // Small tails keep their digits.
    expect(binomialUpperTail(300, 300, 0.5) / 2 ** -300).toBeCloseTo(1, 8);
  });
});

describe("the bound of a difference in accuracy", () => {
  test("is above 0 just where the exact test rejects", () => {
    for (const alpha of [0.05, 0.0025, 0.00025])
      for (let gained = 0; gained <= 30; gained += 1)
        for (let lost = 0; gained + lost <= 40; lost += 1) {
          const discordance = { gained, lost, rows: 2_000 };
          const rejects = mcnemarP(discordance) <= alpha;
          expect(accuracyLowerBound(discordance, alpha) > 0, `${gained}:${lost} at ${alpha}`).toBe(rejects);
        }
  });

  const counts = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(2_000), fc.constantFrom(0.05, 0.0025));

  test("is never above the difference itself, and rises with every row gained", () => {
    fc.assert(
      fc.property(counts, ([gained, lost, same, alpha]) => {
        const rows = gained + lost + same + 1;
        const bound = accuracyLowerBound({ gained, lost, rows }, alpha);
        expect(bound).toBeLessThanOrEqual((gained - lost) / rows + 1e-9);
        expect(accuracyLowerBound({ gained: gained + 1, lost, rows }, alpha)).toBeGreaterThanOrEqual(bound - 1e-9);
      }),
    );
  });

  test("is the effect that is just refuted", () => {
    fc.assert(
      fc.property(counts, ([gained, lost, same, alpha]) => {
        const discordance = { gained, lost, rows: gained + lost + same + 1 };
        const bound = accuracyLowerBound(discordance, alpha);
        // Capped at 0 where the exact test does not reject.
        fc.pre(bound !== 0 && gained > lost + 1);
        expect(accuracyP(discordance, bound) / alpha).toBeCloseTo(1, 2);
      }),
    );
  });

  /** How often the bound is above the truth, of all that may be seen. */
  function wrongly(rows: number, discordant: number, difference: number, alpha: number): number {
    const [gain, loss] = [(discordant + difference) / 2, (discordant - difference) / 2];
    const logs = [0];
    for (let n = 1; n <= rows; n += 1) logs.push((logs[n - 1] ?? 0) + Math.log(n));
    const log = (n: number): number => logs[n] ?? 0;
    const power = (n: number, p: number): number => (n === 0 ? 0 : n * Math.log(p));
    let wrong = 0;
    for (let gained = 0; gained <= rows; gained += 1)
      for (let lost = 0; gained + lost <= rows; lost += 1) {
        const same = rows - gained - lost;
        const ways = log(rows) - log(gained) - log(lost) - log(same);
        const p = Math.exp(ways + power(gained, gain) + power(lost, loss) + power(same, 1 - discordant));
        if (p > 1e-7 && accuracyP({ gained, lost, rows }, difference) <= alpha) wrong += p;
      }
    return wrong;
  }

  test.each([
    [100, 0.1, 0],
    [100, 0.1, 0.05],
    [100, 0.1, -0.05],
    [300, 0.02, -0.02],
    [300, 0.1, 0.02],
    [300, 0.06, -0.05],
  ])("is wrong no more often than alpha says: %i rows, %f discordant, %f better", (rows, discordant, difference) => {
    for (const alpha of [0.05, 0.0025])
      expect(wrongly(rows, discordant, difference, alpha)).toBeLessThanOrEqual(alpha * 1.01);
  });
});
