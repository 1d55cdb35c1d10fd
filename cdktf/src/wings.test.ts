import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/** Each wing may know itself and those before it. */
const wings = ["configuration", "stack", "synth", "checks", "bin"];

const wingOf = (path: string) => wings.indexOf(path.split("/")[0] ?? "");

/** Every import of one file by another; not those of tests and of the package's face, which look at the whole. */
const imports = globSync("**/*.ts", { cwd: import.meta.dirname, exclude: ["**/*.test.ts", "index.ts"] }).flatMap(
  (file) =>
    [...readFileSync(join(import.meta.dirname, file), "utf8").matchAll(/from\s+"(\.[^"]+)"/g)].map(
      ([, target = ""]) => ({
        file,
        target: relative(import.meta.dirname, join(import.meta.dirname, dirname(file), target)),
      }),
    ),
);

test("every file is in a wing, and no wing knows one that comes after it", () => {
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.filter(({ file }) => wingOf(file) < 0)).toEqual([]);
  expect(imports.filter(({ file, target }) => wingOf(target) < 0 || wingOf(target) > wingOf(file))).toEqual([]);
});
