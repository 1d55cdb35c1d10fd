import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { services } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { changedDeliverables } from "./deliverables.ts";

const repository = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(repository, ".github/workflows/deliver.yml"), "utf8");

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly steps: readonly Step[];
}
const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };

test("a change delivers what imports it, and nothing else", () => {
  expect(changedDeliverables(["services/deployer/src/commands/plan.ts"])).toEqual(["deployer"]);
  expect(changedDeliverables(["services/deployer/src/commands/plan.test.ts", "README.md"])).toEqual([]);
  expect(changedDeliverables(["messaging/src/outbox.ts"]).toSorted()).toEqual([...services].sort());
  expect(changedDeliverables(["contracts/src/topology.ts"])).toEqual(
    expect.arrayContaining(["infrastructure", ...services]),
  );
  expect(changedDeliverables(["cdktf/config/dev.yaml"])).toEqual(["infrastructure"]);
  expect(changedDeliverables(["services/console/host.json"])).toEqual(["console"]);
  expect(changedDeliverables(["services/inference/src/build-release.ts"])).toEqual(["inference"]);
  expect(changedDeliverables(["pnpm-lock.yaml"])).toHaveLength(services.length + 2);
});

test("without a commit to compare with, everything is delivered", () => {
  const output = execFileSync(process.execPath, ["pipelines/src/changed.ts", "0".repeat(40), "HEAD"], {
    cwd: repository,
    encoding: "utf8",
  });
  expect(output).toBe(`infrastructure=true\ninference=true\nservices=${JSON.stringify(services)}\n`);
});

test("the workflow waits only for jobs that there are, and calls only programs that exist", () => {
  for (const { needs = [] } of Object.values(jobs)) for (const job of [needs].flat()) expect(jobs).toHaveProperty(job);
  const called = [...text.matchAll(/\b((?:pipelines|cdktf|services)\/[\w./-]+\.(?:ts|sh))/g)].map(
    ([, path = ""]) => path,
  );
  expect(called.length).toBeGreaterThan(4);
  for (const path of called) expect(existsSync(join(repository, path)), path).toBe(true);
});

test("what changes Azure does so in an environment, and as a federated identity", () => {
  for (const [name, { environment, steps }] of Object.entries(jobs)) {
    const runs = steps.map(({ run = "" }) => run).join("\n");
    const changes = /terraform apply|publish-service\.sh|release-inference\.sh/.test(runs);
    if (changes) expect(environment, name).toBe(`ratchet-\${{ matrix.environment }}`);
  }
  expect(text).toContain("id-token: write");
  expect(text).not.toMatch(/\bsecrets\./);
});
