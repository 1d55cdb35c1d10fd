import { join } from "node:path";
import { expect, test } from "vitest";
import { areas } from "./areas.ts";
import { linesOf } from "./lines.ts";
import { survivorsOf } from "./report.ts";
import { score } from "./results.ts";
import { read } from "./stryker.ts";

const area = areas[0] ?? expect.fail("there are no areas");
const source = "const half = (n: number) => n / 2;\nexport const isEven = (n: number) =>\n  n % 2 === 0;\n";
const mutant = (status: string, replacement: string, line: number, start: number, end: number) => ({
  status,
  mutatorName: "ArithmeticOperator",
  replacement,
  location: { start: { line, column: start }, end: { line, column: end } },
});

test("a report is read as what was noticed and what was not, each survivor with what stood in its place", () => {
  const mutants = [
    mutant("Killed", "n * 2", 3, 3, 8),
    mutant("Timeout", "n % 2 !== 0", 3, 3, 14),
    mutant("Survived", "true", 3, 3, 14),
    mutant("NoCoverage", "n * 2", 1, 29, 34),
    mutant("Ignored", "0", 1, 33, 34),
  ];
  const result = read(JSON.stringify({ files: { "src/half.ts": { source, mutants } } }), area, {
    commit: "0123456",
    share: 1,
    seconds: 60,
  });
  expect(result).toMatchObject({ killed: 1, timedOut: 1, survived: 1, uncovered: 1, share: 1, commit: "0123456" });
  expect(score(result)).toBe(0.5);
  expect(survivorsOf(result).split("\n")).toEqual([
    "src/half.ts:3",
    "    n % 2 === 0",
    "  → true",
    "src/half.ts:1 (no test runs it)",
    "    n / 2",
    "  → n * 2",
  ]);
});

test("a share of the lines is drawn by its seed, of the files that were asked for and of no others", async () => {
  const draw = (seed: number, share: number) => linesOf(import.meta.dirname, ["*.ts", "!*.test.ts"], share, seed);
  const all = await draw(1, 1);
  expect(all.filter(({ file }) => file === "lines.ts")[0]).toEqual({ file: "lines.ts", first: 1, last: 8 });
  expect(all.some(({ file }) => file.includes(".test."))).toBe(false);
  const some = await draw(1, 0.5);
  expect(some.length).toBeGreaterThan(all.length / 4);
  expect(some.length).toBeLessThan((all.length * 3) / 4);
  expect(await draw(1, 0.5)).toEqual(some);
  expect(await draw(2, 0.5)).not.toEqual(some);
});

test("every file that is said to decide something is there, with its tests", async () => {
  const top = join(import.meta.dirname, "../..");
  for (const { folder, files, tests, servers } of areas.filter((one) => !one.servers)) {
    const found = await linesOf(join(top, folder), [...files, ...tests], 1, 1);
    expect(new Set(found.map(({ file }) => file)), folder).toEqual(new Set([...files, ...tests]));
    expect(servers).toBe(false);
  }
});
