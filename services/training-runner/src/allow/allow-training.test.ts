import { trainingWaiting, trainModel } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import type { Ask } from "../slot/wish.ts";
import { moveSlot } from "../stores.ts";
import { batchId, goodTraining, useDigits } from "../testing/digits.ts";
import { allowTraining } from "./allow-training.ts";

const digits = useDigits();

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 23, 9);
const at = (milliseconds: number) => new Date(start + milliseconds);
const waits = () => digits.heard(trainingWaiting).map(({ data }) => data);

/** A model of two hours within thirty days, of which runs have taken this many. */
async function spend(hours: number, budget = "budget: { hours: 2 }") {
  const applied = await digits.apply(goodTraining, `  ${budget}`);
  const { stores } = digits.world.runner;
  const ground = {
    definitionVersion: applied.version,
    warmStart: null,
    attempts: 1,
    startTimeout: day,
    budget: undefined,
    described: { through: 0, dataset: { digest: "d".repeat(64), through: 0, batches: 1 } },
    at: at(-hours * hour).toISOString(),
  };
  const ask: Ask = { command: "before", through: 0, reason: "data" };
  const { after } = await moveSlot(stores, digits.model, { kind: "train", ask, ground });
  const outcome = { status: "completed", startedAt: ground.at, endedAt: at(0).toISOString() } as const;
  await moveSlot(stores, digits.model, { kind: "end", runId: after.running?.runId ?? "", outcome });
}

const allow = (body: unknown, id = "request", model = digits.model, now = at(hour)) => {
  const { log } = digits.world.delivery(id);
  return allowTraining(digits.world.runner, model, { json: async () => body as never }, { id, now, log });
};

describe("a model whose budget is used up", () => {
  test("does not train, says once why and until when, and goes on by itself when the period allows", async () => {
    await spend(2.5);
    const message = digits.command(1);
    await digits.world.deliver(message, at(hour));
    await digits.world.deliver(message, at(hour));
    await digits.world.deliver(digits.command(2), at(2 * hour));
    expect(await digits.running()).toBeNull();
    expect(waits()).toEqual([
      {
        model: digits.model,
        cause: "budget",
        reason: "training.budget is used up: runs took 2.5 of 2 hours within 30 days",
        batches: 1,
        since: at(hour).toISOString(),
        until: at(30 * day).toISOString(),
      },
    ]);
    for (const said of digits.heard(trainingWaiting)) expect(digits.world.recorder.timesSaid(said)).toBe(1);
    await digits.world.sweep(at(30 * day - 60_000));
    expect(digits.heard(trainModel)).toEqual([]);
    await digits.world.sweep(at(30 * day));
    await digits.world.deliver(digits.heard(trainModel)[0], at(30 * day));
    expect(digits.started().map(({ data }) => data.batches)).toEqual([[batchId(1), batchId(2)]]);
  });

  test("says so by the sweep where the process ended before it did", async () => {
    await spend(3);
    digits.world.recorder.breath = 0;
    await expect(digits.world.deliver(digits.command(1), at(hour))).rejects.toThrow("the process ends here");
    digits.world.recorder.breath = Number.POSITIVE_INFINITY;
    await digits.world.sweep(at(2 * hour));
    await digits.world.sweep(at(3 * hour));
    expect(waits()).toEqual([expect.objectContaining({ since: at(hour).toISOString() })]);
    for (const said of digits.heard(trainingWaiting)) expect(digits.world.recorder.timesSaid(said)).toBe(1);
  });

  test("trains as soon as its project allows more", async () => {
    await spend(3);
    await digits.world.deliver(digits.command(1), at(hour));
    await digits.apply(goodTraining, "  budget: { hours: 4 }");
    await digits.world.sweep(at(2 * hour));
    await digits.world.deliver(digits.heard(trainModel)[0], at(2 * hour));
    expect(digits.started()).toHaveLength(1);
  });

  test("trains beyond it where an operator asks for that, and the run says who and why", async () => {
    await spend(3);
    await digits.world.deliver(digits.command(1), at(hour));
    const beyondBudget = { reason: "the fair is on Monday", requestedBy: "ada" };
    await digits.world.deliver(digits.command(1, { reason: "request", beyondBudget }), at(2 * hour));
    const runId = (await digits.running())?.runId ?? "";
    expect(await digits.record(runId)).toMatchObject({ status: "submitted", beyondBudget });
  });

  test("has what its runs took counted when they end, from when they ran", async () => {
    await spend(0);
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    const { startedAt, submittedAt, endedAt } = (await digits.record(runId)) ?? {};
    const took = (Date.parse(endedAt ?? "") - Date.parse(startedAt ?? submittedAt ?? "")) / hour;
    expect((await digits.slot()).spent ?? []).toEqual(took > 0 ? [{ endedAt, hours: took }] : []);
  });
});

describe("POST /api/models/{model}/allow-training", () => {
  test("records hours and reason, and has what waits trained at once", async () => {
    await spend(3);
    await digits.world.deliver(digits.command(1), at(hour));
    const body = { hours: 1.5, reason: "the fair is on Monday", requestedBy: "ada", requestId: "r-1" };
    expect(await allow(body)).toEqual({
      status: 202,
      jsonBody: { model: digits.model, requestId: "r-1", hours: 1.5, asked: true },
    });
    expect((await digits.slot()).allowed).toEqual([
      { request: "r-1", hours: 1.5, reason: body.reason, requestedBy: "ada", at: at(hour).toISOString() },
    ]);
    await digits.world.deliver(digits.heard(trainModel)[0], at(hour));
    expect(digits.started()).toHaveLength(1);
  });

  test("sent twice is one request", async () => {
    await spend(3);
    await digits.world.deliver(digits.command(1), at(hour));
    const body = { hours: 1, reason: "the fair", requestId: "r-1" };
    for (const id of ["one", "two"]) expect(await allow(body, id)).toMatchObject({ status: 202 });
    expect((await digits.slot()).allowed).toHaveLength(1);
    expect(digits.heard(trainModel)).toHaveLength(1);
    for (const id of ["three", "four"]) await allow({ hours: 1, reason: "the fair" }, id);
    expect((await digits.slot()).allowed?.map(({ request }) => request)).toEqual(["r-1", "three", "four"]);
  });

  test("of too few hours leaves what waits waiting, until a later day", async () => {
    await spend(3);
    await digits.world.deliver(digits.command(1), at(hour));
    await allow({ hours: 0.5, reason: "a little" });
    await digits.world.deliver(digits.heard(trainModel)[0], at(hour));
    expect(digits.started()).toEqual([]);
    expect(waits()).toHaveLength(1);
  });

  test("asks for nothing where nothing waits", async () => {
    await spend(3);
    expect(await allow({ hours: 1, reason: "ahead of time" })).toMatchObject({ jsonBody: { asked: false } });
    expect(digits.heard(trainModel)).toEqual([]);
    await digits.world.deliver(digits.command(1), at(hour));
    expect(digits.started()).toEqual([]);
    await allow({ hours: 0.1, reason: "and a little more" }, "another");
    await digits.world.deliver(digits.heard(trainModel)[0], at(hour));
    expect(digits.started()).toHaveLength(1);
  });

  test("is refused for a model that nobody applied, and where it cannot be read", async () => {
    expect(await allow({ hours: 1, reason: "x" }, "r", "nobody")).toMatchObject({
      status: 404,
      jsonBody: { error: { code: "unknown-model" } },
    });
    expect(await allow({ hours: 0, reason: "x" })).toMatchObject({
      status: 400,
      jsonBody: { error: { code: "invalid-request", fields: [{ field: "hours" }] } },
    });
    const broken = { json: () => Promise.reject(new SyntaxError("no JSON")) };
    const { log } = digits.world.delivery("r");
    expect(await allowTraining(digits.world.runner, digits.model, broken, { id: "r", now: at(0), log })).toMatchObject({
      status: 400,
    });
  });
});
