import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const scripts = join(import.meta.dirname, "..");
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "ratchet-scripts-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** Runs a script where `az` answers as told; there is no Azure here. */
function run(script: string, words: readonly string[], answers: string) {
  const bin = join(scratch, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "az"), `#!/bin/sh\necho "$*" >> "${scratch}/calls"\ncase "$*" in\n${answers}\nesac\n`);
  chmodSync(join(bin, "az"), 0o755);
  const { status, stdout } = spawnSync(join(scripts, script), words, {
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"]}`, PUBLISH_DEADLINE: "0" },
  });
  return { status, stdout, calls: readFileSync(join(scratch, "calls"), "utf8").trim().split("\n") };
}

test("publishing ends well once the app has all the functions of its package", () => {
  writeFileSync(join(scratch, "functions.txt"), "status\nmodel\n");
  const answers = `*"function list"*) printf 'app/model\\napp/status\\n';;`;
  const { status, stdout, calls } = run("publish-service.sh", ["group", "app", scratch], answers);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "app has model, status\n" });
  expect(calls[0]).toBe(
    `functionapp deployment source config-zip --resource-group group --name app --src ${scratch}/package.zip`,
  );
});

test("publishing fails for an app that has no functions when time is up", () => {
  writeFileSync(join(scratch, "functions.txt"), "status\nmodel\n");
  const { status, stdout } = run("publish-service.sh", ["group", "app", scratch], `*"function list"*) ;;`);
  expect(status).toBe(1);
  expect(stdout).toContain("app does not have the functions of its package: model, status");
});

test("a release is dropped under the name of its digest", () => {
  const { status, calls } = run("release-inference.sh", ["account", "a.zip", "abc"], "*exists*) echo false;;");
  expect(status).toBe(0);
  expect(calls[1]).toContain("--container-name releases --name inference/abc.zip --file a.zip");
});

test("a release that is there already is not announced again", () => {
  const { stdout, calls } = run("release-inference.sh", ["account", "a.zip", "abc"], "*exists*) echo true;;");
  expect(stdout).toBe("inference/abc.zip is there already\n");
  expect(calls).toHaveLength(1);
});
