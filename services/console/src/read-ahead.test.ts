import { expect, test } from "vitest";
import { readAhead, readsAtATime } from "./read-ahead.ts";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) yield number;
}

test("things are read in their order, and sixteen at a time, whichever is read first", async () => {
  let now = 0;
  let most = 0;
  const read = async (number: number): Promise<number> => {
    now += 1;
    most = Math.max(most, now);
    // The earlier of two takes longer.
    for (let turn = 0; turn < (number % 2 === 0 ? 20 : 1); turn += 1) await new Promise(setImmediate);
    now -= 1;
    return number * 10;
  };
  const all = await Array.fromAsync(readAhead(numbers(100), read));
  expect(all).toEqual(Array.from({ length: 100 }, (_, number) => number * 10));
  expect(most).toBe(16);
  expect(readsAtATime).toBe(16);
});

test("fewer things than are read at a time are all read, and none is none", async () => {
  const read = async (number: number) => number;
  expect(await Array.fromAsync(readAhead(numbers(3), read))).toEqual([0, 1, 2]);
  expect(await Array.fromAsync(readAhead(numbers(0), read))).toEqual([]);
});

test("a read that fails is heard of when it is its turn", async () => {
  const read = async (number: number) => {
    if (number === 2) throw new Error("gone");
    return number;
  };
  const taken: number[] = [];
  const takeAll = async () => {
    for await (const number of readAhead(numbers(50), read)) taken.push(number);
  };
  await expect(takeAll()).rejects.toThrow("gone");
  expect(taken).toEqual([0, 1]);
});
