import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as azurerm from "./azurerm.ts";

const sources = join(import.meta.dirname, "..");

/** Where each module that a file names is named from. */
const imports = globSync("**/*.ts", { cwd: sources }).flatMap((file) =>
  [...readFileSync(join(sources, file), "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, module = ""]) => ({
    file,
    module,
  })),
);

test("cdktf and its provider are imported in one file", () => {
  const files = imports
    .filter(({ module }) => /^(@cdktf|@cdktn|cdktf|cdktn)(\/|$)/.test(module))
    .map(({ file }) => file);
  expect(new Set(files)).toEqual(new Set(["stack/azurerm.ts"]));
});

test("the provider is imported by resource, never from its root", () => {
  const provider = imports.filter(({ module }) => module.startsWith("@cdktf/provider-azurerm"));
  expect(provider.length).toBeGreaterThan(20);
  for (const { module } of provider) expect(module).toMatch(/^@cdktf\/provider-azurerm\/lib\/[a-z0-9-]+\/index\.js$/);
});

test("no import of the provider is for nothing", () => {
  const used = globSync("**/*.ts", { cwd: sources, exclude: ["stack/azurerm.ts", "**/*.test.ts"] })
    .map((file) => readFileSync(join(sources, file), "utf8"))
    .join("\n");
  expect(Object.keys(azurerm).filter((name) => !new RegExp(`\\b${name}\\b`).test(used))).toEqual([]);
});
