import { evaluateModel, trainModel } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { goodTraining, useDigits } from "../testing/digits.ts";

const digits = useDigits();

/** Ends the run that holds the slot and delivers what is sent then. */
async function end(status: string): Promise<string> {
  const runId = (await digits.running())?.runId ?? expect.fail("no run holds the slot");
  const before = digits.heard(trainModel).length;
  await digits.world.deliver(await digits.world.told(runId, status));
  for (const message of digits.heard(trainModel).slice(before)) await digits.world.deliver(message);
  return runId;
}

describe("a run that fails", () => {
  test("is tried again by itself as often as training.attempts says, each time as a run of its own, and then no more", async () => {
    await digits.apply("exit 3", "  attempts: 3");
    await digits.submit(2);
    const runs = [await end("Failed"), await end("Failed"), await end("Failed")];
    expect(new Set(runs).size).toBe(3);
    expect(digits.ended().map(({ data }) => [data.runId, data.status, data.attempt, data.attemptsLeft])).toEqual(
      runs.map((runId, index) => [runId, "failed", index + 1, 2 - index]),
    );
    for (const [index, runId] of runs.entries())
      expect(await digits.record(runId)).toMatchObject({
        attempt: index + 1,
        attempts: 3,
        dataset: { through: 2, batches: 2 },
      });
    expect(await digits.slot()).toMatchObject({ running: null, waiting: null, uncompleted: runs });
    expect(digits.heard(evaluateModel)).toEqual([]);
  });

  test("is not tried again where nothing is said of that, and the schedule trains again though nothing has changed", async () => {
    await digits.apply("exit 3");
    await digits.submit(1);
    const first = await end("Failed");
    expect(await digits.running()).toBeNull();
    expect(digits.ended()[0]?.data).not.toHaveProperty("attemptsLeft");
    const second = await digits.submit(1, { reason: "schedule" });
    expect(second).not.toBe(first);
    await end("Failed");
    const third = await digits.submit(1, { reason: "schedule" });
    expect(new Set([first, second, third]).size).toBe(3);
  });

  test("goes on with what came meanwhile, on all of it", async () => {
    await digits.apply("exit 3", "  attempts: 2");
    await digits.submit(2);
    await digits.world.deliver(digits.command(3));
    await digits.apply(goodTraining, "  attempts: 2");
    await end("Failed");
    expect((await digits.running())?.dataset).toMatchObject({ through: 3, batches: 3 });
    await end("Completed");
    expect(digits.heard(evaluateModel)).toHaveLength(1);
    expect(await digits.slot()).toMatchObject({ running: null, waiting: null });
  });

  test("and succeeds at its second attempt is judged, and not tried a third time", async () => {
    // It fails as long as what it needs is not there.
    await digits.apply(
      `[ -e ${digits.gate()} ] || { touch ${digits.gate()}; exit 3; }; ${goodTraining}`,
      "  attempts: 3",
    );
    await digits.submit(1);
    await end("Failed");
    const runId = await end("Completed");
    expect(digits.heard(evaluateModel).map(({ data }) => data.runId)).toEqual([runId]);
    expect(digits.ended().at(-1)?.data).toMatchObject({ status: "completed", attempt: 2 });
    expect(await digits.slot()).toMatchObject({ running: null, waiting: null });
  });
});
