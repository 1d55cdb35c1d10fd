import { describe, expect, test } from "vitest";
import { type DefinitionError, parseDefinition } from "./parse.ts";

const good = `model: digits
task: classification
data:
  label: label
  schema:
    - { name: label, type: integer, min: 0, max: 9 }
    - { name: "pixel[0..3]", type: integer, min: 0, max: 255 }
  quietPeriod: 90s
training:
  code: ./training
  command: python train.py
  environment: pytorch:2
  compute: cpu-cluster
gate:
  metric: accuracy
  thresholds: { accuracy: { min: 0.8 } }
deploy:
  app: inference-digits
`;

function faultsOf(text: string) {
  try {
    parseDefinition(text);
  } catch (error) {
    return (error as DefinitionError).faults.map(({ line, field, message }) => `${line} ${field}: ${message}`);
  }
  return [];
}

const change = (from: string, to: string) => faultsOf(good.replace(from, to));

describe("a ratchet.yaml", () => {
  test("is read with its defaults, durations in milliseconds", () => {
    const definition = parseDefinition(good);
    expect(definition.data).toMatchObject({ quietPeriod: 90_000, maxWait: 900_000, holdout: 0.2, format: "any" });
    expect(definition.gate).toMatchObject({ minEffect: 0, confidence: 0.95, reuseBudget: 20, triggerFile: "ignored" });
    expect(definition.training.timeout).toBe(7 * 86_400_000);
    expect(definition.training).toMatchObject({ instances: 1, processesPerInstance: 1 });
  });

  test("limits nothing beside quality that is not named, by a factor or an amount in its unit", () => {
    const read = (line: string) => parseDefinition(good.replace("gate:\n", `gate:\n${line}`)).gate;
    expect(read("").limits).toEqual({});
    expect(read("").reveal).toBe("numbers");
    expect(
      read("  limits: { latency: 1.5, memory: { max: 512MiB }, size: { times: 2, max: 1GiB }, drift: 0.25 }\n").limits,
    ).toEqual({
      latency: { times: 1.5 },
      memory: { max: 512 * 2 ** 20 },
      size: { times: 2, max: 2 ** 30 },
      drift: { max: 0.25 },
    });
    expect(read("  limits: { latency: { max: 20ms } }\n").limits).toEqual({ latency: { max: 20 } });
    for (const wrong of ["latency: 0", "latency: {}", "latency: { max: 20 }", "drift: { max: 1 }", "speed: 2"])
      expect(() => read(`  limits: { ${wrong} }\n`), wrong).toThrow(/limits/);
  });

  test("warns of batches that stand out where nothing else is said, and keeps thresholds that are not named", () => {
    const read = (line: string) => parseDefinition(good.replace("  quietPeriod: 90s", line)).data;
    const usual = { alpha: 0.01, minRows: 50, maxPsi: 0.25, maxShare: 0.05, minFit: 0.8 };
    expect(read("")).toMatchObject({ suspicion: "warn", suspicionThresholds: usual });
    expect(read("  suspicion: quarantine\n  suspicionThresholds: { maxPsi: 0.5 }")).toMatchObject({
      suspicion: "quarantine",
      suspicionThresholds: { ...usual, maxPsi: 0.5 },
    });
  });

  test.each([
    [
      "quietPeriod: 90s",
      "suspicion: strict",
      '8 data.suspicion: Invalid option: expected one of "quarantine"|"warn"|"off"',
    ],
    [
      "quietPeriod: 90s",
      "suspicionThresholds: { alpha: 0.5 }",
      "8 data.suspicionThresholds.alpha: must be a share above 0 and below 0.2, e.g. 0.01",
    ],
    [
      "quietPeriod: 90s",
      "suspicionThresholds: { minRows: 3 }",
      "8 data.suspicionThresholds.minRows: must be a whole number from 20",
    ],
    [
      "quietPeriod: 90s",
      "suspicionThresholds: { maxPsy: 0.1 }",
      "8 data.suspicionThresholds.maxPsy: unknown field maxPsy; remove it or check its spelling",
    ],
    [
      "quietPeriod: 90s",
      "suspicionThresholds: { minFit: much }",
      "8 data.suspicionThresholds.minFit: must be a share above 0 and below 1, e.g. 0.8",
    ],
    ["quietPeriod: 90s", "quietPeriod: soon", "8 data.quietPeriod: must be a duration such as 30s, 15m, 12h or 7d"],
    ["label: label", "label: digit", "4 data.label: no column of the schema is named digit"],
    ["task: classification", "task: ranking", '2 task: Invalid option: expected one of "classification"|"regression"'],
    [
      "metric: accuracy\n",
      "metric: rmse\n",
      "15 gate.metric: unknown metric rmse; a classification has accuracy, balanced-accuracy, macro-f1, f1(<class>), auc, log-loss, brier, calibration-error, cost",
    ],
    [
      "  app: inference-digits",
      "  app: Inference Digits",
      "18 deploy.app: must be a function app's name: lower-case letters, digits, hyphens",
    ],
    ["  compute: cpu-cluster\n", "", "10 training.compute: is missing; expected string"],
    [
      "thresholds: { accuracy: { min: 0.8 } }",
      "thresholds: {}",
      "16 gate.thresholds: at least one absolute threshold is needed to judge a first model",
    ],
    [
      "  compute: cpu-cluster",
      "  compute: cpu-cluster\n  instances: 101",
      "14 training.instances: must be a whole number from 1 to 100",
    ],
    [
      "  compute: cpu-cluster",
      "  compute: cpu-cluster\n  processesPerInstance: 1.5",
      "14 training.processesPerInstance: must be a whole number from 1 to 64",
    ],
    [
      "  compute: cpu-cluster",
      "  compute: cpu-cluster\n  processesPerInstance: 0",
      "14 training.processesPerInstance: must be a whole number from 1 to 64",
    ],
    ["pixel[0..3]", "pixel[3..0]", "7 data.schema.1.name: the range pixel[3..0] runs backwards"],
    ["max: 9 }", "max: 9, values: [a, b] }", "6 data.schema.0.values: only a category has values, not a integer"],
    [
      "deploy:",
      "schedule: every day\ndeploy:",
      '17 schedule: must be an NCRONTAB expression of six fields, seconds first, e.g. "0 0 6 * * 1"',
    ],
    ["deploy:", "deploys: {}\ndeploy:", "17 deploys: unknown field deploys; remove it or check its spelling"],
  ])("with %j turned into %j is refused by line and field", (from, to, fault) => {
    expect(change(from, to)).toContain(fault);
  });

  test("takes one name or several for a key and a group, and one date for the time", () => {
    const withColumns = good.replace(
      "  quietPeriod: 90s",
      "    - { name: id, type: text, feature: false }\n    - { name: day, type: date }\n  key: id\n  time: day",
    );
    expect(parseDefinition(withColumns).data).toMatchObject({ key: ["id"], time: "day" });
    expect(parseDefinition(withColumns.replace("key: id\n  time: day", "group: [id, day]")).data).toMatchObject({
      group: ["id", "day"],
    });
  });

  test.each([
    ["key: id", "data.key: no column of the schema is named id"],
    ["group: [pixel0, id]", "data.group: no column of the schema is named id"],
    ["time: id", "data.time: no column of the schema is named id"],
    ["key: [pixel0, label]", "data.key: label is the label, which may be corrected"],
    ["group: label", "data.group: label is the label, which may be corrected"],
    ["key: maybe", "data.key: maybe is optional: every row needs its key"],
    ["group: maybe", "data.group: maybe is optional: every row needs its group"],
    ["time: maybe", "data.time: maybe is optional: every row needs its time"],
    ["time: pixel0", "data.time: pixel0 is of the type integer, and has to be a date"],
    ["time: day\n  group: pixel0", "data.time: rows are split by group or by time, not by both; leave one of them out"],
  ])("with %j is refused by field", (fields, fault) => {
    const columns = "    - { name: day, type: date }\n    - { name: maybe, type: date, optional: true }";
    const faults = change("  quietPeriod: 90s", `${columns}\n  ${fields}`);
    expect(faults.map((one) => one.replace(/^\d+ /, ""))).toEqual([fault]);
  });

  test("names every fault at once, in the order of the file", () => {
    const faults = faultsOf(
      good.replace("task: classification", "task: x").replace("compute: cpu-cluster", "computer: c"),
    );
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "2 task",
      "10 training.compute",
      "13 training.computer",
    ]);
  });

  test("that is not YAML is refused by line", () => {
    expect(change("task: classification", "task: [classification")[0]).toMatch(/^\d+ : /);
  });

  test("that is empty is refused", () => {
    expect(faultsOf("").length).toBeGreaterThan(0);
  });
});

describe("a gate", () => {
  const gate = (more: string) => good.replace("  thresholds:", `${more}\n  thresholds:`);
  const slicesOf = (written: string) => parseDefinition(gate(`  slices: ${written}`)).gate.slices;
  const column = { column: "pixel0", margin: 0, minRows: 200, demand: "no-harm-shown" };

  test("asks of slices whether harm is shown, however they are written, where nothing else is said", () => {
    expect(parseDefinition(good).gate.slices).toMatchObject({ auto: false, columns: [] });
    expect(slicesOf("[{ column: pixel0 }]")).toMatchObject({ auto: false, columns: [column] });
    expect(slicesOf("auto")).toMatchObject({ auto: true, columns: [] });
    expect(slicesOf("{ auto: true, columns: [{ column: pixel0, margin: 0.01 }] }")).toMatchObject({
      auto: true,
      columns: [{ ...column, margin: 0.01 }],
    });
  });

  test("asks for harm to be excluded where that is said, of all slices or of one", () => {
    const excluded = { ...column, margin: 0.02, demand: "harm-excluded" };
    expect(slicesOf("{ demand: harm-excluded, columns: [{ column: pixel0, margin: 0.02 }] }").columns).toEqual([
      excluded,
    ]);
    expect(slicesOf("[{ column: pixel0, margin: 0.02, demand: harm-excluded }]").columns).toEqual([excluded]);
  });

  test("is of a class, a quantile or costs where a metric needs them", () => {
    const costs =
      "  costs: { '3': { '8': 5 } }\n  guardrails: [{ metric: cost, margin: 0 }, { metric: f1(3), margin: 0 }]";
    expect(parseDefinition(gate(costs)).gate).toMatchObject({ costs: { "3": { "8": 5 } } });
  });

  const guarding = (metric: string) => `  guardrails: [{ metric: ${metric}, margin: 0 }]`;

  test.each([
    [guarding("f1"), "16 gate.guardrails.0.metric: unknown metric f1; a classification has accuracy,"],
    [guarding("f1(12)"), "16 gate.guardrails.0.metric: label has no class 12"],
    [guarding("accuracy(3)"), "16 gate.guardrails.0.metric: unknown metric accuracy(3)"],
    [guarding("quantile-loss(0.5)"), "16 gate.guardrails.0.metric: unknown metric quantile-loss(0.5)"],
    [guarding("cost"), "16 gate.guardrails.0.metric: cost is by gate.costs, which is missing"],
    ["  costs: { ten: { '1': 2 } }", "16 gate.costs.ten: label has no class ten"],
    ["  costs: { '1': { ten: 2 } }", "16 gate.costs.1.ten: label has no class ten"],
    ["  slices: [{ column: shade }]", "16 gate.slices.0.column: no column of the schema is named shade"],
    [
      "  slices: { columns: [{ column: shade }] }",
      "16 gate.slices.columns.0.column: no column of the schema is named shade",
    ],
    ["  slices: [{ column: pixel0, demand: harm-excluded }]", "16 gate.slices.0: to exclude any harm at all"],
  ])("with %s is refused by line and field", (more, message) => {
    expect(faultsOf(gate(more))[0]).toContain(message);
  });

  test("of a regression may be by a quantile, which is a number between 0 and 1", () => {
    const regression = (metric: string) =>
      good
        .replace("task: classification", "task: regression")
        .replace("metric: accuracy", `metric: ${metric}`)
        .replace("accuracy: { min: 0.8 }", "rmse: { max: 2 }");
    expect(parseDefinition(regression("quantile-loss(0.9)")).gate.metric).toBe("quantile-loss(0.9)");
    expect(faultsOf(regression("quantile-loss(90)"))).toEqual([
      "15 gate.metric: quantile-loss(90) is of 90, and a quantile is a number between 0 and 1",
    ]);
  });
});
