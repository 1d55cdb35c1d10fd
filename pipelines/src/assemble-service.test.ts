import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { services } from "@ratchet/contracts";
import { afterAll, describe, expect, test } from "vitest";
import { assembleService } from "./assemble-service.ts";

const scratch = mkdtempSync(join(tmpdir(), "ratchet-assemble-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const repository = join(import.meta.dirname, "..", "..");
const programs = [...services, "inference"];

/** The functions that an assembled service registers, in a process of its own. */
const functionsOf = (folder: string) =>
  execFileSync(process.execPath, [join(import.meta.dirname, "functions-of.ts"), folder], { encoding: "utf8" })
    .trim()
    .split("\n");

describe.each(programs)("the package of %s", (program) => {
  test("registers the functions that its sources do, and needs nothing but what is in it", async () => {
    const folder = join(scratch, program);
    await assembleService(program, folder);
    const source = readFileSync(join(repository, "services", program, "src", "functions.ts"), "utf8");
    const registered = functionsOf(folder);
    expect(registered.length).toBeGreaterThan(0);
    for (const [, queue = ""] of source.matchAll(/\.receive\("([\w-]+)"/g)) expect(registered).toContain(queue);
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({
      main: "dist/functions.cjs",
    });
    expect(existsSync(join(folder, "host.json"))).toBe(true);
  });
});

test("native packages come with the binaries of Linux on x64 only", async () => {
  const folder = join(scratch, "native");
  await assembleService("inference", folder);
  const binaries = globSync("node_modules/onnxruntime-node/bin/**/*.node", { cwd: folder });
  expect(binaries).toEqual(["node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node"]);
});

test("a service that is not there is named", async () => {
  await expect(assembleService("none", join(scratch, "none"))).rejects.toThrow("There is no service none");
});
