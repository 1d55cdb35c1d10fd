import { setTimeout as delay } from "node:timers/promises";
import { deadLetters } from "@ratchet/cli/commands/dead-letters";
import { admission, admissions, paths } from "@ratchet/contracts";
import { median } from "../../lib/statistics.ts";
import { uploadAll } from "../load/drop-all.ts";
import { applyModel, goodFile } from "../load/project.ts";
import type { DropStretch, ManyDrops } from "../results.ts";
import { auditFiles } from "../seen/audit.ts";
import { decidedIn } from "../seen/decided.ts";
import { executionsIn, type LogLine } from "../seen/logs.ts";
import { type RequestCount, requestsBetween, sumOf } from "../seen/requests.ts";
import { areQueuesIdle } from "../seen/rest.ts";
import type { Stack } from "../stack/stack.ts";

export interface DropsOptions {
  /** One after another, each when the one before it is decided. */
  readonly inTurn: number;
  /** As fast as the writers can. */
  readonly atOnce: number;
  readonly writers: number;
  /** At once, for a model of which nobody asks a training meanwhile, so that all of them wait. */
  readonly waiting: number;
}

type Way = ManyDrops["way"];

/** What is known when so many drops are decided. */
interface Look {
  readonly at: number;
  readonly decided: number;
  readonly requests: readonly RequestCount[];
}

const stretches = 10;
const patienceMs = 120_000;
const askEveryMs = 1_000;
const idleLimitMs = 5 * 60_000;
const isTimer = (name: string): boolean => name.startsWith("sweep-") || name === "schedule";

/** Follows what becomes of some files, and looks at the requests whenever another tenth of them is decided. */
async function followDrops(stack: Stack, files: readonly string[]) {
  const wanted = new Set(files);
  const decided = new Map<string, number>();
  const lines: LogLine[] = [];
  const look = async (): Promise<Look> => ({
    at: Date.now(),
    decided: decided.size,
    requests: await stack.requests(),
  });
  const looks = [await look()];
  const isDue = (): boolean => {
    const more = decided.size - (looks.at(-1)?.decided ?? 0);
    return more >= files.length / stretches || (more > 0 && decided.size === files.length);
  };
  return {
    decided,
    lines,
    looks,
    async read(): Promise<void> {
      for (const line of await stack.logs.read()) {
        lines.push(line);
        const file = decidedIn(line);
        if (file !== undefined && wanted.has(file) && !decided.has(file)) decided.set(file, line.at);
      }
      if (isDue()) looks.push(await look());
    },
  };
}

type Following = Awaited<ReturnType<typeof followDrops>>;

/** Reads on until something holds, as long as something happens. @throws {Error} when nothing does. */
async function readUntil(following: Following, everyMs: number, holds: () => boolean): Promise<void> {
  for (let [seen, movedAt] = [following.decided.size, Date.now()]; ; await delay(everyMs)) {
    await following.read();
    if (holds()) return;
    if (following.decided.size > seen) [seen, movedAt] = [following.decided.size, Date.now()];
    if (Date.now() - movedAt > patienceMs) throw new Error(`nothing was decided for ${patienceMs / 1000} s`);
  }
}

type Files = readonly { readonly model: string; readonly path: string; readonly content: string }[];

/** Drops each file when the one before it is decided. @returns when each was there. */
async function dropInTurn(stack: Stack, files: Files, following: Following): Promise<ReadonlyMap<string, number>> {
  const uploaded = new Map<string, number>();
  const drops = stack.deployment.container("drops");
  for (const { path, content } of files) {
    await drops.getBlockBlobClient(path).upload(content, Buffer.byteLength(content));
    uploaded.set(path, Date.now());
    await readUntil(following, 2, () => following.decided.has(path));
  }
  return uploaded;
}

/** Drops all files at once. @returns when each was there. */
async function dropAtOnce(stack: Stack, files: Files, writers: number, following: Following) {
  const uploading = uploadAll(stack.deployment, "drops", files, 0, writers);
  const reading = readUntil(following, 200, () => following.decided.size === files.length);
  const [{ at }] = await Promise.all([uploading, reading]);
  return at;
}

/** What was decided between two looks: a tenth of the drops, or more where these came together. */
function stretchesOf({ looks, decided }: Following, uploaded: ReadonlyMap<string, number>): readonly DropStretch[] {
  const inOrder = [...decided].sort(([, a], [, b]) => a - b);
  return looks.slice(1).map((now, index): DropStretch => {
    const before = looks[index] ?? now;
    const some = inOrder.slice(before.decided, now.decided);
    const { count, sent, received } = sumOf(requestsBetween(before.requests, now.requests));
    return {
      drops: some.length,
      seconds: (now.at - before.at) / 1000,
      milliseconds: median(some.map(([file, at]) => at - (uploaded.get(file) ?? at))),
      requests: count / some.length,
      sent: sent / some.length,
      received: received / some.length,
    };
  });
}

/** Writes down again and again that what was admitted was asked for, as whoever asks for a training does; none is made. */
async function keepAsking({ deployment }: Stack, model: string, hasEnded: () => boolean): Promise<void> {
  const documents = deployment.documents("batches");
  const log = documents.log(paths.admissionLog(model), admission);
  for (let asked = 0; !hasEnded(); await delay(askEveryMs)) {
    for await (const { position } of log.entries(asked)) asked = position;
    await documents.write(paths.admissions(model), admissions, { model, asked }, "any");
  }
}

/** Waits until no queue holds a message. @returns seconds. @throws {Error} when one still does after five minutes. */
async function untilIdle(stack: Stack): Promise<number> {
  const begun = Date.now();
  while (!(await areQueuesIdle(stack))) {
    if (Date.now() - begun > idleLimitMs) throw new Error("a queue still holds messages");
    await delay(200);
  }
  return (Date.now() - begun) / 1000;
}

async function dropMany(
  stack: Stack,
  way: Way,
  { count, writers }: { readonly count: number; readonly writers: number },
  progress: (text: string) => void,
): Promise<ManyDrops> {
  const model = way.replaceAll(/[ ,]+/g, "-");
  // Nothing is trained: what is measured is the way of a file to its batch, and nothing else runs beside it.
  await applyModel(stack, model, { quietPeriod: "12h", maxWait: "1d" });
  const files = Array.from({ length: count }, (_, index) => ({
    model,
    path: `${model}/${String(index).padStart(6, "0")}.csv`,
    content: goodFile(index),
  }));
  const following = await followDrops(
    stack,
    files.map(({ path }) => path),
  );
  const begun = Date.now();
  let ended = false;
  const asking = way.endsWith("all waiting") ? undefined : keepAsking(stack, model, () => ended);
  const uploaded =
    way === "in turn" ? await dropInTurn(stack, files, following) : await dropAtOnce(stack, files, writers, following);
  ended = true;
  await asking;
  const seconds = (Math.max(...following.decided.values()) - begun) / 1000;
  progress(`${count} drops ${way} decided within ${Math.round(seconds)} s`);
  const drainSeconds = await untilIdle(stack);
  await following.read();
  const executions = Object.entries(executionsIn(following.lines)).filter(([name]) => !isTimer(name));
  const log = stack.deployment.documents("batches").log(paths.admissionLog(model), admission);
  const entries = await Array.fromAsync(log.entries());
  return {
    way,
    drops: count,
    writers,
    bytes: median(files.map(({ content }) => Buffer.byteLength(content))),
    seconds,
    stretches: stretchesOf(following, uploaded),
    messages: executions.reduce((sum, [, executed]) => sum + executed.count, 0) / count,
    drainSeconds,
    lostRaces:
      sumOf(
        requestsBetween(following.looks[0]?.requests ?? [], await stack.requests()),
        ({ status, operation }) => status === 412 || (status === 409 && operation === "write"),
      ).count / count,
    audit: await auditFiles(
      stack,
      [model],
      files.map(({ path }) => path),
    ),
    logEntries: entries.length,
    loggedBatches: new Set(entries.map(({ entry }) => entry.batch)).size,
    deadLetters: (await deadLetters(stack.deployment)).length,
  };
}

/** Many drops of one model: one after another, and as many writers at once as there are. */
export async function drops(
  stack: Stack,
  { inTurn, atOnce, writers, waiting }: DropsOptions,
  progress: (text: string) => void,
  onResult: (drops: readonly ManyDrops[]) => void,
): Promise<void> {
  const ways = [
    { way: "at once", count: atOnce, writers },
    { way: "at once, all waiting", count: waiting, writers },
    { way: "in turn", count: inTurn, writers: 1 },
  ] as const;
  const found: ManyDrops[] = [];
  for (const { way, ...size } of ways) {
    found.push(await dropMany(stack, way, size, progress));
    onResult(found);
  }
}
