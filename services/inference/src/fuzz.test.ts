import { expect, test } from "vitest";
import { fuzz } from "./testing/fuzz.ts";

test("no request ends the process, is answered with 500, or changes what others are answered", async () => {
  const { statuses, unexpected, uncaught, stillServes } = await fuzz(1_500, 20_261_127);
  expect({ unexpected, uncaught, stillServes }).toEqual({ unexpected: [], uncaught: [], stillServes: true });
  // Both what is right and what is wrong came up.
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(["200", "400", "404", "405", "415"]));
});
