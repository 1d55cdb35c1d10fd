import { setTimeout as delay } from "node:timers/promises";
import { deadLetters } from "@ratchet/cli/commands/dead-letters";
import { percentile } from "../../lib/statistics.ts";
import { type File, uploadAll } from "../load/drop-all.ts";
import type { Storm } from "../results.ts";
import { auditFiles } from "../seen/audit.ts";
import { untilDecided } from "../seen/decided.ts";
import { executionsIn, troublesIn } from "../seen/logs.ts";
import { requestsBetween, sumOf } from "../seen/requests.ts";
import { untilAtRest } from "../seen/rest.ts";
import type { Stack } from "../stack/stack.ts";

const mostUploadsAlone = 2_000;
/** Memory is given back some time after the work. */
const settleMs = 5_000;

interface StormOptions {
  readonly models: readonly string[];
  readonly files: readonly File[];
  /** In which all files are to be dropped. */
  readonly seconds: number;
  /** How long trainings may take after the last decision. */
  readonly restLimitMs: number;
  readonly progress: (text: string) => void;
}

/** Drops many files at once, waits until everything that follows from it has come to its end, and says what it took. */
export async function storm(stack: Stack, options: StormOptions): Promise<Storm> {
  const { models, files, seconds, restLimitMs, progress } = options;
  const alone = files.slice(0, mostUploadsAlone).map((file) => ({ ...file, path: `alone/${file.path}` }));
  const uploadsAlone = await uploadAll(stack.deployment, "packages", alone, 0);
  const uploadsPerSecondAlone = alone.length / uploadsAlone.seconds;
  progress(`storage alone takes ${Math.round(uploadsPerSecondAlone)} of these files a second`);

  await stack.logs.read();
  const before = await stack.requests();
  const memoryBefore = await stack.memory.now();
  stack.memory.takePeak();
  const begun = Date.now();
  const paths = files.map(({ path }) => path);
  const uploading = uploadAll(stack.deployment, "drops", files, seconds);
  const [uploads, { decided, lines }] = await Promise.all([uploading, untilDecided(stack, paths)]);
  const decidedAt = Math.max(begun, ...decided.values());
  progress(`${decided.size} of ${files.length} files decided within ${Math.round((decidedAt - begun) / 1000)} s`);

  const cameToRest = await untilAtRest(stack, models, restLimitMs);
  const restSeconds = (Date.now() - decidedAt) / 1000;
  const requests = requestsBetween(before, await stack.requests());
  const peak = stack.memory.takePeak();
  await delay(settleMs);
  const all = [...lines, ...(await stack.logs.read())];
  progress(`${cameToRest ? "all at rest" : "not at rest"} after ${Math.round(restSeconds)} s more`);

  const waits = paths.flatMap((path) => {
    const [from, to] = [uploads.at.get(path), decided.get(path)];
    return from === undefined || to === undefined ? [] : [to - from];
  });
  const isStorage = ({ target }: { readonly target: string }) => target === "storage";
  const letters = await deadLetters(stack.deployment);
  return {
    files: files.length,
    models: models.length,
    uploadSeconds: uploads.seconds,
    wantedSeconds: seconds,
    uploadsPerSecondAlone,
    seconds: (decidedAt - begun) / 1000,
    untilDecided: { p50: percentile(waits, 0.5), p95: percentile(waits, 0.95), last: percentile(waits, 1) },
    audit: await auditFiles(stack, models, paths),
    runs: all.filter(({ service, message }) => service === "training-runner" && message === "submitted").length,
    judged: await judgedOf(stack, models),
    restSeconds,
    cameToRest,
    executions: executionsIn(all),
    requestsPerFile: {
      storage: sumOf(requests, isStorage).count / files.length,
      topic: sumOf(requests, (one) => !isStorage(one)).count / files.length,
    },
    lostRacesPerFile:
      sumOf(requests, ({ status, operation }) => status === 412 || (status === 409 && operation === "write")).count /
      files.length,
    deadLetters: Object.fromEntries(
      [...Map.groupBy(letters, ({ queue }) => queue)].map(([queue, some]) => [queue, some.length]),
    ),
    troubles: troublesIn(all),
    memory: { before: memoryBefore, peak, after: await stack.memory.now() },
  };
}

/** How many verdicts there are on versions of these models. */
async function judgedOf({ deployment }: Stack, models: readonly string[]): Promise<number> {
  const known = new Set(models);
  let count = 0;
  for await (const path of deployment.documents("verdicts").list("")) {
    const [model = "", file = "", ...more] = path.split("/");
    if (known.has(model) && more.length === 0 && /^\d+\.json$/.test(file)) count += 1;
  }
  return count;
}
