import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deliverables } from "./deliverables.ts";
import { expandPipeline, type Yaml, type YamlMap } from "./expand.ts";
import { madeOf } from "./made-of.ts";
import { generatedPipelines } from "./write-pipelines.ts";

const repository = join(import.meta.dirname, "..", "..");
const folder = join(repository, "pipelines");
const pipelines = globSync("*.yml", { cwd: folder }).sort();
const environments = globSync("*.yaml", { cwd: join(repository, "cdktf", "config") }).map((file) => file.slice(0, -5));

/** Every map in a tree, whatever it is. */
function* mapsIn(value: Yaml): Generator<YamlMap> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as YamlMap;
  for (const inner of Object.values(value)) yield* mapsIn(inner);
}

const scriptsIn = (pipeline: YamlMap) =>
  [...mapsIn(pipeline)].flatMap(({ script, inlineScript }) =>
    [script, inlineScript].filter((text) => typeof text === "string"),
  );

const covers = (filter: string, file: string) => file === filter || file.startsWith(`${filter}/`);

const filtersOf = (pipeline: YamlMap) =>
  (pipeline["trigger"] as unknown as { paths: { include: readonly string[] } }).paths.include;

/** The files that a filter matches. */
const filesAt = (filter: string): readonly string[] => {
  const path = join(repository, filter);
  if (!existsSync(path)) return [];
  return statSync(path).isFile() ? [filter] : globSync("**/*.*", { cwd: path });
};

test.each([...generatedPipelines()])("%s is as `pnpm generate` writes it", (path, text) => {
  const file = join(repository, path);
  expect(existsSync(file) && readFileSync(file, "utf8"), "run pnpm generate").toBe(text);
});

test("there is a pipeline for infrastructure, for inference code and for each service, and no other", () => {
  expect(pipelines).toEqual(
    Object.keys(deliverables)
      .map((name) => `${name}.yml`)
      .sort(),
  );
});

test("every program in services/ is delivered", () => {
  const programs = globSync("services/*/src/functions.ts", { cwd: repository }).map((path) => path.split("/")[1] ?? "");
  expect(programs.sort()).toEqual(
    Object.keys(deliverables)
      .filter((name) => name !== "infrastructure")
      .sort(),
  );
});

describe.each(pipelines)("%s", (file) => {
  const pipeline = expandPipeline(join(folder, file));
  const filters = filtersOf(pipeline);
  const made = (deliverables[file.replace(/\.yml$/, "")] ?? []).flatMap(madeOf);

  test("has path filters that match files of the repository", () => {
    for (const filter of filters) expect(filesAt(filter), filter).not.toEqual([]);
  });

  test("starts on a change of anything that it delivers is made of", () => {
    expect(made.filter((path) => !filters.some((filter) => covers(filter, path)))).toEqual([]);
  });

  test("starts on a change of nothing else: each filter covers something it uses", () => {
    const used = [...made, `pipelines/${file}`, ...templatesOf(file), ...scriptFilesOf(pipeline), "pnpm-lock.yaml"];
    expect(filters.filter((filter) => !used.some((path) => covers(filter, path)))).toEqual([]);
    for (const path of [`pipelines/${file}`, ...templatesOf(file), ...scriptFilesOf(pipeline).filter(isDelivery)])
      expect(
        filters.some((filter) => covers(filter, path)),
        path,
      ).toBe(true);
  });

  test("runs programs, tests and packages that exist", () => {
    for (const path of scriptFilesOf(pipeline)) expect(existsSync(join(repository, path)), path).toBe(true);
    for (const script of scriptsIn(pipeline)) {
      for (const [, names = ""] of script.matchAll(/vitest run ([\w/ -]+)/g))
        for (const name of names.trim().split(" ")) expect(existsSync(join(repository, name)), name).toBe(true);
      for (const [, name = ""] of script.matchAll(/--filter (\S+)/g))
        expect(
          JSON.parse(readFileSync(join(repository, name.replace("@ratchet/", ""), "package.json"), "utf8")).name,
        ).toBe(name);
    }
  });

  test("names its stages once, and waits only for stages that there are", () => {
    const stages = pipeline["stages"] as readonly YamlMap[];
    const names = stages.map(({ stage }) => stage);
    expect(new Set(names).size).toBe(names.length);
    for (const { dependsOn = [] } of stages) for (const name of [dependsOn].flat()) expect(names).toContain(name);
  });

  test("reaches Azure by service connections of environments that are configured, and approvals are theirs", () => {
    const maps = [...mapsIn(pipeline)];
    const connections = maps.flatMap(({ azureSubscription }) => (azureSubscription ? [azureSubscription] : []));
    expect(connections.length).toBeGreaterThan(0);
    const known = environments.flatMap((name) => [`ratchet-${name}`, `ratchet-${name}-plan`]);
    for (const connection of connections) expect(known).toContain(connection);
    for (const { environment } of maps.filter(({ deployment }) => deployment))
      expect(connections).toContain(environment);
  });

  test("changes Azure from main only, and nowhere but in deployment jobs", () => {
    for (const stage of pipeline["stages"] as readonly YamlMap[]) {
      const text = scriptsIn(stage).join("\n");
      const changing = /terraform apply|publish-service\.sh|release-inference\.sh/.test(text);
      const deploying = [...mapsIn(stage)].some(({ deployment }) => deployment !== undefined);
      expect(deploying, String(stage["stage"])).toBe(changing);
      if (changing) expect(stage["condition"]).toContain("refs/heads/main");
    }
  });

  test("stores no secret", () => {
    const text =
      readFileSync(join(folder, file), "utf8") +
      templatesOf(file).map((path) => readFileSync(join(repository, path), "utf8"));
    expect(text).not.toMatch(/password|secret(?! anywhere)|CLIENT_SECRET|account-key|connection-string/i);
  });
});

test("what infrastructure applies is the plan that was published", () => {
  const pipeline = expandPipeline(join(folder, "infrastructure.yml"));
  for (const environment of environments) {
    const stageOf = (name: string) =>
      (pipeline["stages"] as readonly YamlMap[]).find(({ stage }) => stage === `${name}_${environment}`) ?? {};
    const artifact = `plan-${environment}`;
    expect([...mapsIn(stageOf("plan"))].filter(({ publish }) => publish).map((step) => step["artifact"])).toEqual([
      artifact,
    ]);
    expect([...mapsIn(stageOf("apply"))].filter(({ download }) => download).map((step) => step["artifact"])).toEqual([
      artifact,
    ]);
    expect(scriptsIn(stageOf("apply")).join("\n")).toMatch(/terraform apply -input=false tfplan/);
    expect(scriptsIn(stageOf("apply")).join("\n")).not.toMatch(/terraform plan/);
  }
});

test("a plan is made by an identity of its own, which holds no lock on the state, and nothing else is done by it", () => {
  for (const file of pipelines)
    for (const stage of expandPipeline(join(folder, file))["stages"] as readonly YamlMap[]) {
      const connections = [...mapsIn(stage)].flatMap(({ azureSubscription }) => azureSubscription ?? []);
      const [, environment] = /^plan_(.+)$/.exec(String(stage["stage"])) ?? [];
      if (environment) {
        expect(connections).toEqual([`ratchet-${environment}-plan`]);
        expect(scriptsIn(stage).join("\n")).toContain("terraform plan -input=false -lock=false -out=tfplan");
      } else expect(connections.filter((connection) => String(connection).endsWith("-plan"))).toEqual([]);
    }
});

test("every template is used", () => {
  const used = new Set(pipelines.flatMap(templatesOf));
  expect(
    globSync("templates/*.yml", { cwd: folder })
      .map((path) => `pipelines/${path}`)
      .sort(),
  ).toEqual([...used].sort());
});

/** The templates that a pipeline uses, itself or through others. */
function templatesOf(file: string): readonly string[] {
  const found = new Set<string>();
  const follow = (path: string) => {
    for (const [, template = ""] of readFileSync(join(folder, path), "utf8").matchAll(/- template: (\S+)/g)) {
      const target = join(path, "..", template);
      if (found.has(target)) continue;
      found.add(target);
      follow(target);
    }
  };
  follow(file);
  return [...found].map((path) => `pipelines/${path}`);
}

/** The programs of this repository that a pipeline's scripts call. */
function scriptFilesOf(pipeline: YamlMap): readonly string[] {
  const called = scriptsIn(pipeline).flatMap((script) => [
    ...script.matchAll(/\b((?:pipelines|cdktf|services)\/[\w./-]+\.(?:ts|sh))/g),
  ]);
  return [...new Set(called.map(([, path = ""]) => path))];
}

/** Asking for a name does not change what is delivered. */
function isDelivery(path: string): boolean {
  return path !== "cdktf/src/bin/print-name.ts";
}
