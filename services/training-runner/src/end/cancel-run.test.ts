import { checkRun, paths } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { describe, expect, test } from "vitest";
import type { Workspace } from "../gateways/workspace.ts";
import { moveRun, readRun } from "../stores.ts";
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
    const runId = await digits.submit(1);
    await digits.world.told(runId, "Running");
    expect(await cancel(runId, "r-1")).toMatchObject({ status: 202 });
    expect(await digits.record(runId)).toMatchObject({ cancelRequestedAt: expect.any(String) });
    await digits.world.told(runId, "Canceled");
    await digits.world.deliver(digits.heard(checkRun).at(-1));
    expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "canceled" });
    expect(await cancel(runId, "r-2")).toEqual(refusal(409, "run-ended"));
  });

  test("is refused for runs that there are none of", async () => {
    expect(await cancel(`${digits.model}-00000000000000ff`, "r-3")).toEqual(refusal(404, "unknown-run"));
    expect(await cancel("jolly_pear", "r-4")).toEqual(refusal(404, "unknown-run"));
  });

  describe("before there is a job", () => {
    const away = () => Promise.reject(new TransientError("the workspace is away"));
    const cancelled = { status: "canceled", reason: "it was cancelled before its job was submitted" };

    /** Has a run claimed of which no job comes. */
    async function claim() {
      await digits.apply();
      const message = digits.command(1);
      await expect(digits.world.deliver(message, undefined, { putJob: away })).rejects.toThrow("away");
      return { message, runId: (await digits.running())?.runId ?? "" };
    }

    test("is written down, and the message that was to submit the run ends it", async () => {
      const { message, runId } = await claim();
      expect(await cancel(runId, "r-5")).toMatchObject({ status: 202 });
      expect(await digits.record(runId)).toMatchObject({ cancelRequestedAt: expect.any(String) });
      await digits.world.deliver(message);
      expect(digits.ended().map(({ data }) => data)).toEqual([expect.objectContaining({ runId, ...cancelled })]);
      expect(digits.started()).toEqual([]);
      expect(await digits.world.runner.workspace.job(runId)).toBeUndefined();
      expect(await digits.running()).toBeNull();
    });

    test("is obeyed by the run's next look where nothing else comes, five seconds later", async () => {
      const { runId } = await claim();
      await cancel(runId, "r-6");
      const look = digits.heard(checkRun).at(-1);
      expect(Number(look?.notBefore) - Date.now()).toBeLessThan(5500);
      await digits.world.deliver(look, new Date(Date.now() + 61_000));
      expect(digits.ended()[0]?.data).toMatchObject(cancelled);
      expect(await digits.running()).toBeNull();
    });

    test("is obeyed by the message that is submitting the run at that very moment", async () => {
      await digits.apply(endlessTraining);
      const putJob: Workspace["putJob"] = async (...job) => {
        const [runId] = job;
        const view = await digits.world.runner.workspace.putJob(...job);
        await digits.world.told(runId, "Running");
        // The job is there, and nobody has written that down yet.
        const { stores } = digits.world.runner;
        const known = (await readRun(stores, runId)) ?? expect.fail("there is no such run");
        await moveRun(stores, { kind: "request-cancel", run: known, at: new Date().toISOString() });
        return view;
      };
      await digits.world.deliver(digits.command(1), undefined, { putJob });
      const runId = (await digits.running())?.runId ?? "";
      await digits.world.deliver(await digits.world.told(runId, "Canceled"));
      expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "canceled" });
    });

    test("is not refused though nothing but the slot knows of the run yet", async () => {
      await digits.apply();
      const message = digits.command(1);
      // What is there when the process ends right after it has claimed the slot.
      let nth = 1;
      while (!(await digits.running())) {
        await expect(digits.world.deliverTo(digits.world.faulty(nth, "ends"), message)).rejects.toThrow();
        nth += 1;
      }
      const runId = (await digits.running())?.runId ?? "";
      expect(await digits.record(runId)).toBeUndefined();
      expect(await cancel(runId, "r-7")).toMatchObject({ status: 202 });
      await digits.world.deliver(message);
      expect(digits.ended()[0]?.data).toMatchObject({ runId, ...cancelled });
    });
  });

  test("is refused for a claim that was given up: what it was for waits", async () => {
    const { version } = await digits.apply();
    const file = paths.definitionFile(digits.model, version, "training/lib/x.txt");
    await digits.world.container("definitions").deleteBlob(file);
    await expect(digits.world.deliver(digits.command(1))).rejects.toThrow("not there");
    const runId = (await digits.runIds())[0] ?? "";
    expect(await cancel(runId, "r-8")).toEqual(refusal(409, "claim-given-up"));
    expect(await digits.record(runId)).not.toHaveProperty("cancelRequestedAt");
  });
});
