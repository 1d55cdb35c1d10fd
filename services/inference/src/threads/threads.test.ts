import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { classifier, classifierManifest, manyRows, oneRow } from "../testing/packages.ts";
import { servePackage } from "../testing/serve-package.ts";
import { createPool } from "./pool.ts";

const pool = (options: Partial<Parameters<typeof createPool>[0]> = {}) => {
  const made = createPool({
    file: new URL("../functions.ts", import.meta.url),
    manifest: classifierManifest,
    named: undefined,
    onnx: classifier,
    threads: 1,
    waiting: 4,
    mostRows: 100_000,
    ...options,
  });
  return { ...made, [Symbol.asyncDispose]: made.close };
};

const request = (body: unknown) => ({ body: Buffer.from(JSON.stringify(body)), headerLength: undefined });

describe("a large request", () => {
  test("is answered as a small one would be, in a thread beside the event loop", async () => {
    await using served = await servePackage({ limits: { inlineBytes: 1_000 } });
    const { status, body } = await served.infer(manyRows(1_000));
    const [output] = (body as { readonly outputs: readonly { readonly data: readonly number[] }[] }).outputs;
    const expected = Array.from({ length: 1_000 }, (_, i) => [i, 2 * i - 1, 3 * i - 2]).flat();
    expect([status, output?.data]).toEqual([200, expected]);
    // The event loop ran nothing.
    expect((await served.ask("metrics")).body).toContain("ratchet_inference_batch_rows_count 0");
  });

  test("that is wrong is told so by the thread as by the event loop", async () => {
    await using served = await servePackage({ limits: { inlineBytes: 0 } });
    expect(await served.infer({ inputs: [] })).toMatchObject({
      status: 400,
      body: { error: "input features is missing" },
    });
    expect(await served.infer(oneRow)).toMatchObject({ status: 200 });
  });

  test("leaves the event loop to others: those that come meanwhile are answered before it", async () => {
    await using served = await servePackage();
    await served.settled;
    let done = false;
    const large = served.infer(manyRows(50_000)).finally(() => {
      done = true;
    });
    let before = 0;
    while (!done && before < 20) {
      await served.infer(oneRow);
      before += 1;
    }
    expect(before).toBe(20);
    expect((await large).status).toBe(200);
  });

  test("that takes longer than is waited for is given up, and the thread goes on to the next", async () => {
    await using threads = pool();
    const started = performance.now();
    const stop = () => (performance.now() - started > 50 ? new Error("it was not answered in time") : undefined);
    const slow = threads.predict(request(manyRows(100_000)), stop);
    await expect(slow).rejects.toThrow("not answered in time");
    expect(await threads.predict(request(oneRow))).toMatchObject({ rows: 1 });
  });

  test("is refused where too many wait", async () => {
    await using threads = pool({ waiting: 1 });
    const outcomes = await Promise.allSettled([1, 2].map(() => threads.predict(request(oneRow))));
    expect(outcomes[0]).toMatchObject({ status: "fulfilled" });
    expect(outcomes[1]).toMatchObject({ reason: { status: 429 } });
  });
});

describe("a body that would take more memory than a thread has", () => {
  test.each([
    ["empty objects", "{},"],
    ["empty arrays", "[],"],
    ["objects in objects", '{"a":{}},'],
  ])("is refused before it is parsed: %s", async (_, repeated) => {
    await using threads = pool();
    const text = `{"inputs":[${repeated.repeat(Math.floor((60 * 1024 * 1024) / repeated.length))}0]}`;
    const bomb = threads.predict({ body: Buffer.from(text), headerLength: undefined });
    await expect(bomb).rejects.toMatchObject({ status: 413, message: expect.stringContaining("too many values") });
    expect(await threads.predict(request(oneRow))).toMatchObject({ rows: 1 });
  });

  test("is one with long integers in it, which are read with their digits", async () => {
    await using threads = pool();
    const text = `{"inputs":[${"1,".repeat(100_000)}12345678901234567]}`;
    const bomb = threads.predict({ body: Buffer.from(text), headerLength: undefined });
    await expect(bomb).rejects.toMatchObject({ status: 400 });
    const more = `{"inputs":[${"1,".repeat(20 * 1024 * 1024)}12345678901234567]}`;
    await expect(threads.predict({ body: Buffer.from(more), headerLength: undefined })).rejects.toMatchObject({
      status: 413,
    });
  });
});

describe("a thread that ends", () => {
  test("fails the request that it had, and another takes its place", async () => {
    await using threads = pool({ file: new URL("../testing/ending-thread.ts", import.meta.url) });
    const ending = threads.predict({ body: Buffer.from("end"), headerLength: undefined });
    await expect(ending).rejects.toMatchObject({ status: 503 });
    expect(await threads.predict(request(oneRow))).toMatchObject({ rows: 1 });
  });

  test("before it could begin fails all that wait, rather than have them wait for ever", async () => {
    await using threads = pool({ onnx: Buffer.from("no model") });
    const outcomes = await Promise.allSettled([1, 2].map(() => threads.predict(request(oneRow))));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: { status: 503 } });
    await turn();
    expect(threads.waiting()).toBe(0);
  });
});
