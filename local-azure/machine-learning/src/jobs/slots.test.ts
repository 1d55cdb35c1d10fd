import { setImmediate as settled } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { createSlots } from "./slots.ts";

const never = new AbortController().signal;

test("no more take a place than there are, and the next in line gets the one given back", async () => {
  const slots = createSlots(2);
  const order: number[] = [];
  const releases = await Promise.all([slots.take(never), slots.take(never)]);
  const waiting = [3, 4].map(async (number) => {
    const release = await slots.take(never);
    order.push(number);
    return release;
  });
  await settled();
  expect(order).toEqual([]);
  releases[0]?.();
  const release = await waiting[0];
  expect(order).toEqual([3]);
  release?.();
  await waiting[1];
  expect(order).toEqual([3, 4]);
});

test("a place given back twice is one place", async () => {
  const slots = createSlots(1);
  const release = await slots.take(never);
  release();
  release();
  await slots.take(never);
  const second = vi.fn();
  void slots.take(never).then(second);
  await settled();
  expect(second).not.toHaveBeenCalled();
});

test("who gives up waiting leaves the line to the others", async () => {
  const slots = createSlots(1);
  const release = await slots.take(never);
  const impatient = new AbortController();
  const given = slots.take(impatient.signal);
  const patient = slots.take(never);
  impatient.abort("cancel");
  await expect(given).rejects.toBe("cancel");
  release();
  expect(await patient).toBeTypeOf("function");
});
