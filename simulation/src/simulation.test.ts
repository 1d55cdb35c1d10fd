import { describe, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

describe("a simulation", () => {
  test("tells the same story from the same seed, and another from another", async () => {
    const [first, again, other] = [
      await simulate(7, { story: true }),
      await simulate(7, { story: true }),
      await simulate(8, { story: true }),
    ];
    expect(again).toEqual(first);
    expect(first.story.length).toBeGreaterThan(1000);
    expect(other.story).not.toEqual(first.story);
  });

  test("is the same whether its story is told or not", async () => {
    const { story: _, ...told } = await simulate(9, { story: true });
    const { story: __, ...untold } = await simulate(9);
    expect(untold).toEqual(told);
  });

  test("is full of trouble", async () => {
    const { faults, deliveries } = await simulate(10);
    expect(faults).toBeGreaterThan(50);
    expect(deliveries).toBeGreaterThan(100);
  });

  test("comes to rest with all that must hold, through 5,000 faults and the replay of every dead letter", {
    timeout: 600_000,
  }, async () => {
    let faults = 0;
    for (let seed = 1; faults < 5_000; seed += 1) {
      const outcome = await simulate(seed);
      expect(outcome.broken, `seed ${seed}: pnpm simulate --seed ${seed} tells its story`).toEqual([]);
      faults += outcome.faults;
    }
  });
});
