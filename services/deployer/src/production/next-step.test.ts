import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextStep, type Observed, type Served } from "./next-step.ts";

const code = "a".repeat(64);

describe("the next step", () => {
  const target: Served = { version: "7", code };
  const other: Served = { version: "6", code };

  test("is to publish, then to swap, then none, wherever one begins", () => {
    expect(nextStep({ production: undefined, staging: undefined }, target)).toBe("publish");
    expect(nextStep({ production: other, staging: { ...target, code: "b" } }, target)).toBe("publish");
    expect(nextStep({ production: other, staging: target }, target)).toBe("swap");
    expect(nextStep({ production: target, staging: other }, target)).toBe("done");
  });

  test("leads to the release in production in at most two steps from anywhere", () => {
    const served = fc.option(fc.record({ version: fc.constantFrom("6", "7"), code: fc.constantFrom("a", code) }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(served, served, (production, staging) => {
        let slots: Observed = { production, staging };
        const steps: string[] = [];
        for (let step = nextStep(slots, target); step !== "done"; step = nextStep(slots, target)) {
          steps.push(step);
          slots =
            step === "publish"
              ? { ...slots, staging: target }
              : { production: slots.staging, staging: slots.production };
        }
        expect(slots.production).toEqual(target);
        expect(steps.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
