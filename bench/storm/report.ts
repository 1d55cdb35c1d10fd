import { ratio, shortNumber } from "../lib/format.ts";
import { table } from "../lib/table.ts";
import type { DropCost, LedgerCost, ManyDrops, ManyModels, Results, Storm, TrainingCost } from "./results.ts";
import type { Memory } from "./seen/memory.ts";

const MEGABYTE = 1024 * 1024;
const seconds = (milliseconds: number): string => `${shortNumber(milliseconds / 1000)} s`;
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** The results as text, each part that there is. */
export const report = ({ files, models, history, drops, ledger }: Results): string =>
  [
    ...(files ? stormSections("Many files", files) : []),
    ...(models
      ? [section("Many models: applying them", applying(models)), ...stormSections("Many models", models)]
      : []),
    ...(history
      ? [
          section("What one drop costs (× = to that after the fewest earlier drops)", dropCosts(history.drops)),
          section(
            "Its bytes",
            byName(history.drops, ({ bytes }) => bytes),
          ),
          section(
            "Its requests",
            byName(history.drops, ({ kinds }) => kinds),
          ),
          section("What a training costs on all of them", trainingCosts(history.trainings)),
        ]
      : []),
    ...(drops ?? []).map((many) =>
      section(
        `${whole(many.drops)} drops for one model, ${many.way}`,
        `${dropFigures(many)}\n\n${dropStretches(many)}`,
      ),
    ),
    ...(ledger ? [section("What reading the ledger costs", ledgerCosts(ledger))] : []),
  ].join("\n\n");

const section = (title: string, body: string): string => `${title}\n\n${body}`;

const stormSections = (title: string, storm: Storm): readonly string[] => [
  section(`${title}: ${whole(storm.files)} files for ${whole(storm.models)} models`, stormFigures(storm)),
  section(`${title}: deliveries and runs by the clock`, executions(storm)),
  section(`${title}: memory in MB`, memory(storm.memory)),
  ...(Object.keys(storm.troubles).length > 0 ? [section(`${title}: warnings and errors`, troubles(storm))] : []),
];

const stormFigures = (storm: Storm): string => {
  const { audit, untilDecided, executions: executed } = storm;
  const messages = Object.entries(executed).filter(([name]) => !isTimer(name));
  const filesPerSecond = storm.files / storm.seconds;
  return table(
    ["", ""],
    [
      ["uploaded within", `${shortNumber(storm.uploadSeconds)} s (wanted ${storm.wantedSeconds} s)`],
      ["storage alone takes", `${whole(storm.uploadsPerSecondAlone)} files/s`],
      [
        "decided",
        `${shortNumber(filesPerSecond)} files/s, ${ratio(filesPerSecond / storm.uploadsPerSecondAlone)} of that`,
      ],
      ["from upload to decision, p50", seconds(untilDecided.p50)],
      ["p95", seconds(untilDecided.p95)],
      ["last", seconds(untilDecided.last)],
      ["admitted, refused", `${whole(audit.admitted)}, ${whole(audit.refused)}`],
      ["wrong in records, admissions, events", `${audit.wrongRecords}, ${audit.wrongAdmissions}, ${audit.wrongEvents}`],
      ["runs, verdicts", `${whole(storm.runs)}, ${whole(storm.judged)}`],
      [storm.cameToRest ? "at rest after" : "not at rest after", `${shortNumber(storm.restSeconds)} s more`],
      ["messages per file", shortNumber(messages.reduce((sum, [, { count }]) => sum + count, 0) / storm.files)],
      ["requests to storage per file", shortNumber(storm.requestsPerFile.storage)],
      ["events per file", shortNumber(storm.requestsPerFile.topic)],
      ["lost races per file", shortNumber(storm.lostRacesPerFile)],
      ["dead letters", JSON.stringify(storm.deadLetters)],
    ],
  );
};

const isTimer = (name: string): boolean => name.startsWith("sweep-") || name === "schedule";

const executions = (storm: Storm): string =>
  table(
    ["function", "count", "failed", "ms each"],
    Object.entries(storm.executions).map(([name, { count, failed, milliseconds }]) => [
      name,
      whole(count),
      whole(failed),
      shortNumber(milliseconds / count),
    ]),
  );

const memory = ({ before, peak, after }: { readonly before: Memory; readonly peak: Memory; readonly after: Memory }) =>
  table(
    ["process", "before", "peak", "after"],
    Object.keys(peak)
      .sort()
      .map((role) => [role, ...[before, peak, after].map((memory) => whole((memory[role] ?? 0) / MEGABYTE))]),
  );

const troubles = (storm: Storm): string =>
  table(
    ["what", "count"],
    Object.entries(storm.troubles).map(([what, count]) => [what, whole(count)]),
  );

const applying = ({ models, applySeconds, applyFirst, applyLast, trainingsPerMinute }: ManyModels): string =>
  table(
    ["", ""],
    [
      [`${whole(models)} models applied within`, `${shortNumber(applySeconds)} s`],
      ["one, of the first tenth", `${shortNumber(applyFirst)} ms`],
      ["one, of the last tenth", `${shortNumber(applyLast)} ms, ${ratio(applyLast / applyFirst)}`],
      ["trainings per minute", shortNumber(trainingsPerMinute)],
    ],
  );

const dropCosts = (costs: readonly DropCost[]): string => {
  const [first] = costs;
  if (!first) return "";
  const cell = (cost: DropCost, value: (cost: DropCost) => number): string =>
    `${whole(value(cost))} ${ratio(value(cost) / value(first))}`;
  return table(
    ["earlier drops", "ms", "messages", "requests", "bytes written", "bytes read"],
    costs.map((cost) => [
      whole(cost.earlier),
      cell(cost, ({ milliseconds }) => milliseconds),
      cell(cost, ({ messages }) => messages),
      cell(cost, ({ requests }) => requests),
      cell(cost, ({ sent }) => sent),
      cell(cost, ({ received }) => received),
    ]),
  );
};

const byName = (costs: readonly DropCost[], values: (cost: DropCost) => Readonly<Record<string, number>>): string =>
  table(
    ["", ...costs.map(({ earlier }) => `after ${whole(earlier)}`)],
    [...new Set(costs.flatMap((cost) => Object.keys(values(cost))))].map((name) => [
      name,
      ...costs.map((cost) => whole(values(cost)[name] ?? 0)),
    ]),
  );

const dropFigures = (many: ManyDrops): string => {
  const { audit, seconds: took, drops } = many;
  return table(
    ["", ""],
    [
      ["writers", whole(many.writers)],
      ["decided within", `${shortNumber(took)} s, ${shortNumber(drops / took)} a second`],
      ["no message waits any more after", `${shortNumber(many.drainSeconds)} s more`],
      ["admitted, refused", `${whole(audit.admitted)}, ${whole(audit.refused)}`],
      ["wrong in records, admissions, events", `${audit.wrongRecords}, ${audit.wrongAdmissions}, ${audit.wrongEvents}`],
      ["lines in the log of admissions, batches in it", `${whole(many.logEntries)}, ${whole(many.loggedBatches)}`],
      ["messages per drop", shortNumber(many.messages)],
      ["lost races per drop", shortNumber(many.lostRaces)],
      ["dead letters", whole(many.deadLetters)],
    ],
  );
};

const dropStretches = ({ stretches, bytes }: ManyDrops): string => {
  const [first] = stretches;
  if (!first) return "";
  let before = 0;
  return table(
    ["drops", "a second", "ms until decided", "requests each", "× first", "KB written each", "KB read each", "× first"],
    stretches.map((stretch) => {
      before += stretch.drops;
      return [
        `to ${whole(before)}, of ${whole(bytes)} bytes`,
        shortNumber(stretch.drops / stretch.seconds),
        whole(stretch.milliseconds),
        shortNumber(stretch.requests),
        ratio(stretch.requests / first.requests),
        shortNumber(stretch.sent / 1024),
        shortNumber(stretch.received / 1024),
        ratio(stretch.received / first.received),
      ];
    }),
  );
};

const trainingCosts = (costs: readonly TrainingCost[]): string =>
  table(
    ["batches", "s", "requests", "requests per batch", "bytes of the names in its message", ""],
    costs.map(({ batches, seconds: took, requests, commandBytes, ended }) => [
      whole(batches),
      shortNumber(took),
      whole(requests),
      shortNumber(requests / batches),
      whole(commandBytes),
      ended ? "" : "not ended",
    ]),
  );

const ledgerCosts = (costs: readonly LedgerCost[]): string =>
  table(
    ["events", "what", "ms", "requests", "bytes answered", "console MB before / peak"],
    costs.flatMap(({ events, reads, consoleBefore, consolePeak }) =>
      reads.map(({ what, milliseconds, requests, answerBytes }) => [
        whole(events),
        what,
        whole(milliseconds),
        whole(requests),
        whole(answerBytes),
        `${whole(consoleBefore / MEGABYTE)} / ${whole(consolePeak / MEGABYTE)}`,
      ]),
    ),
  );
