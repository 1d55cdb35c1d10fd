import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const repository = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const workflows = globSync(".github/workflows/*.yml", { cwd: repository }).sort();

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly environment?: string;
        readonly steps: readonly Step[];
      }
    >
  >;
}

describe.each(workflows)("%s", (path) => {
  const workflow = parse(read(path)) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  test("names each action by the digest of a commit, and says which version that is", () => {
    const used = [...read(path).matchAll(/uses: (.+)/g)].map(([, action = ""]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("may read, and each job what it needs beyond that", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const [name, { permissions = {}, environment }] of jobs) {
      // Who can be somebody on Azure is so in an environment, which says from where and with whose approval.
      if (permissions["id-token"]) expect(environment, name).toMatch(/^ratchet-/);
      for (const [what, access] of Object.entries(permissions))
        if (access === "write") expect(["id-token", "security-events"], name).toContain(what);
    }
  });

  test("gives nothing to pull requests that they could take away", () => {
    if (!("pull_request" in workflow.on)) return;
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    expect(read(path)).not.toMatch(/secrets\.|id-token/);
    for (const [name, { steps }] of jobs)
      for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
        expect(step.with?.["persist-credentials"], name).toBe(false);
  });
});

test("a plan is made on GitHub by an identity of its own, which holds no lock on the state", () => {
  const { jobs } = parse(read(".github/workflows/deliver.yml")) as Workflow;
  const environmentOf = (command: RegExp) =>
    Object.values(jobs).flatMap(({ environment, steps }) =>
      steps.some(({ run = "" }) => command.test(run)) ? [environment] : [],
    );
  expect(environmentOf(/terraform plan .*-lock=false/)).toEqual([`ratchet-\${{ matrix.environment }}-plan`]);
  expect(environmentOf(/terraform plan (?!.*-lock=false)/)).toEqual([]);
  expect(environmentOf(/terraform apply/)).toEqual([`ratchet-\${{ matrix.environment }}`]);
});

test("the package manager is one version by its digest, and installs nothing that was published this week", () => {
  const { packageManager } = JSON.parse(read("package.json")) as { readonly packageManager: string };
  expect(packageManager).toMatch(/^pnpm@10\.\d+\.\d+\+sha512\.[0-9a-f]{128}$/);
  const { minimumReleaseAge } = parse(read("pnpm-workspace.yaml")) as { readonly minimumReleaseAge: number };
  expect(minimumReleaseAge).toBeGreaterThanOrEqual(7 * 24 * 60);
});

test("updates come by themselves, and not on their first day", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as {
    readonly updates: readonly {
      readonly "package-ecosystem": string;
      readonly cooldown?: { readonly "default-days": number };
    }[];
  };
  expect(updates.map((update) => update["package-ecosystem"])).toEqual(
    expect.arrayContaining(["npm", "github-actions"]),
  );
  for (const { cooldown } of updates.filter((update) => update["package-ecosystem"] !== "docker"))
    expect(cooldown?.["default-days"]).toBeGreaterThanOrEqual(7);
});
