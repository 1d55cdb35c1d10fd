import { checkRun } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { describe, expect, test } from "vitest";
import { endlessTraining, useDigits } from "../testing/digits.ts";
import { cancelRun } from "./cancel-run.ts";

const digits = useDigits();

const cancel = (runId: string, id: string) => {
  const { now, log } = digits.world.delivery(id);
  return cancelRun(digits.world.runner, runId, { id, now, log });
};
const refusal = (status: number, code: string) => ({
  status,
  jsonBody: { error: { code, message: expect.any(String) } },
});

describe("POST /api/runs/{runId}/cancel", () => {
  test("has the job stopped, sets a look that learns of it, and is refused for a run that has ended", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit([1]);
    await digits.world.told(runId, "Running");
    expect(await cancel(runId, "r-1")).toMatchObject({ status: 202 });
    expect(await digits.record(runId)).toMatchObject({ cancelRequestedAt: expect.any(String) });
    await digits.world.told(runId, "Canceled");
    await digits.world.deliver(digits.world.recorder.heard(checkRun).at(-1));
    expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "canceled" });
    expect(await cancel(runId, "r-2")).toEqual(refusal(409, "run-ended"));
  });

  test("is refused for runs that there are none of", async () => {
    expect(await cancel(`${digits.model}-00000000000000ff`, "r-3")).toEqual(refusal(404, "unknown-run"));
    expect(await cancel("jolly_pear", "r-4")).toEqual(refusal(404, "unknown-run"));
  });

  test("is refused for a run that no job has come of yet", async () => {
    await digits.apply();
    const putJob = () => Promise.reject(new TransientError("the workspace is away"));
    await expect(digits.world.deliver(digits.command([1]), undefined, { putJob })).rejects.toThrow("away");
    const runId = (await digits.running())?.runId ?? "";
    expect(await cancel(runId, "r-5")).toEqual(refusal(409, "not-submitted"));
    expect(await digits.record(runId)).not.toHaveProperty("cancelRequestedAt");
  });
});
