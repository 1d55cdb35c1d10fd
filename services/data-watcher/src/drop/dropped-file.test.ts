import { isTransient } from "@ratchet/messaging";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dropOf } from "../testing/watching.ts";
import { openDrop, SupersededDropError, UnfinishedCopyError } from "./dropped-file.ts";

let world: World<"data-watcher">;
beforeAll(async () => {
  world = await startWorld("data-watcher");
});
afterAll(() => world[Symbol.asyncDispose]());

test("a dropped file is read exactly as it was announced, as often as wanted", async () => {
  const drop = dropOf(await world.drop("drops", "weather/a.csv", "one"));
  const dropped = await openDrop(world.service.blobs("drops"), drop);
  expect(dropped.bytes).toBe(3);
  for (let time = 0; time < 2; time += 1)
    expect(Buffer.concat(await Array.fromAsync(dropped.read())).toString()).toBe("one");
  await world.drop("drops", "weather/a.csv", "two");
  await expect(Array.fromAsync(dropped.read())).rejects.toThrow(SupersededDropError);
  await expect(openDrop(world.service.blobs("drops"), drop)).rejects.toThrow(SupersededDropError);
});

test("a file that the storage is still copying is waited for, whatever its ETag says by then", async () => {
  const drop = dropOf(await world.drop("drops", "weather/b.csv", "one"));
  const drops = world.service.blobs("drops");
  // The local storage copies at once; the account on Azure takes its time, and says so.
  const copying = {
    ...drops,
    find: async (path: string) => {
      const found = await drops.find(path);
      return found && { ...found, copying: true };
    },
  };
  const refusal = await openDrop(copying, { ...drop, etag: "0x0" }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(UnfinishedCopyError);
  expect(isTransient(refusal)).toBe(true);
  expect(String(refusal)).toContain("weather/b.csv is still being copied");
});
