/** A part of the code whose faults would be costly, and the tests that have to notice them. */
export interface Area {
  readonly name: string;
  /** The folder, from the top of the project, whose tests have to notice. */
  readonly folder: string;
  /** What is mutated: files or globs within the folder; those that begin with `!` are left out. */
  readonly files: readonly string[];
  /** What is run for each mutant: globs within the folder. */
  readonly tests: readonly string[];
  /** Whether the tests start servers: some seconds for each mutant, so that a share of the lines has to do. */
  readonly servers: boolean;
}

/** Decisions have their tests beside them, and nothing else has to notice. */
const decisions = (folder: string, files: readonly string[]): Area => ({
  name: `${folder}: decisions`,
  folder,
  files,
  tests: files.map((file) => file.replace(/\.ts$/, ".test.ts")),
  servers: false,
});

const notItself = ["!src/testing/**", "!src/**/*.test.ts", "!src/index.ts", "!src/functions.ts", "!src/register.ts"];

/** Everything else: where decisions, documents, messages and gateways are put together. */
const joints = (folder: string, decided: readonly string[]): Area => ({
  name: `${folder}: joints`,
  folder,
  files: ["src/**/*.ts", ...notItself, ...decided.map((file) => `!${file}`)],
  tests: ["src/**/*.test.ts"],
  servers: true,
});

const both = (folder: string, decided: readonly string[]): readonly Area[] => [
  decisions(folder, decided),
  joints(folder, decided),
];

export const areas: readonly Area[] = [
  decisions("datasets", ["src/plan/plan-dataset.ts", "src/plan/time-boundary.ts", "src/plan/unit-table.ts"]),
  ...both("services/data-watcher", [
    "src/admissions.ts",
    "src/drop/drop-process.ts",
    "src/drop/look-at-drop.ts",
    "src/training/coalesce.ts",
    "src/training/schedule.ts",
  ]),
  ...both("services/training-runner", [
    "src/end/conclude.ts",
    "src/end/ending.ts",
    "src/run/run.ts",
    "src/slot/budget.ts",
    "src/slot/training-slot.ts",
    "src/sweep/overdue.ts",
  ]),
  decisions("gate", [
    "src/decision/compare.ts",
    "src/decision/decide.ts",
    "src/decision/rule.ts",
    "src/decision/weighing.ts",
  ]),
  ...both("services/evaluator", [
    "src/judge/holdout-epoch.ts",
    "src/judge/judge.ts",
    "src/judge/policy.ts",
    "src/judgement/judgement.ts",
    "src/judgement/newer.ts",
    "src/judgement/next-step.ts",
    "src/judgement/wait.ts",
  ]),
  ...both("services/deployer", [
    "src/champion.ts",
    "src/commands/plan.ts",
    "src/deployment/deployment.ts",
    "src/deployment/limits.ts",
    "src/deployment/next-step.ts",
    "src/deployment/waiting.ts",
    "src/production/golden.ts",
  ]),
  ...both("messaging", ["src/patience.ts", "src/retry.ts", "src/marks.ts", "src/routes.ts"]),
  joints("state", []),
];
