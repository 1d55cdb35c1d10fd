/** Ten thousand dead letters: listing, grouping, and replaying them, with the process that replays killed in the middle. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { askForOperation, groupLetters, type Letter, listLetters, workOn } from "@ratchet/operators";
import { ratio, shortNumber } from "./lib/format.ts";
import { describeMachine } from "./lib/machine.ts";
import { table } from "./lib/table.ts";
import { type Ground, startGround } from "./replay/ground.ts";
import { bareLoop, drain, prepare, queue } from "./replay/letters.ts";

const USAGE = `node bench/replay.ts [--quick] [--letters <n>]
  Lists, groups and replays dead letters, against a bare loop that receives, sends and completes, in the same run, and
  writes results/replay.json.
  --quick    a twentieth of the work; writes nothing
  --letters  how many letters (10,000)`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    letters: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const count = Number(options.letters ?? (options.quick ? 500 : 10_000));
const progress = (text: string): void => console.error(`· ${text}`);

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const began = performance.now();
  const result = await work();
  return [result, performance.now() - began];
}

const asked = (letters: readonly Letter[]) =>
  ({ action: "replay", letters, selected: "all", reason: "a measurement" }) as const;

/** Replays by a process that is killed half way, and goes on here. Gives letters a second of the two, and what came. */
async function replayWithKill({ surroundings, place }: Ground, letters: readonly Letter[]): Promise<number> {
  const { id } = await askForOperation(surroundings, asked(letters));
  const program = join(import.meta.dirname, "replay/work-process.ts");
  const child = fork(program, [id, JSON.stringify(place)], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  child.on("message", (done: number) => {
    if (done >= letters.length / 2) child.kill("SIGKILL");
  });
  const [first] = (await once(child, "message")) as readonly number[];
  const began = performance.now();
  await once(child, "exit");
  const half = performance.now();
  progress(`killed half way after ${Math.round(half - began)} ms; going on`);
  for (;;) {
    const operation = await workOn(surroundings, id);
    if (operation.state === "done") break;
    await surroundings.pause(100);
  }
  return (1000 * (letters.length - (first ?? 0))) / (performance.now() - began);
}

async function measure(ground: Ground) {
  const { client, surroundings } = ground;
  progress(`the bare loop, ${count} letters`);
  await prepare(client, { from: 0, count, dead: true });
  const bare = await bareLoop(client, count);
  await drain(client);
  progress("listing and grouping");
  await prepare(client, { from: count, count, dead: true });
  const [letters, listing] = await timed(() => listLetters(surroundings, queue));
  const [groups, grouping] = await timed(async () => groupLetters(letters, new Date()));
  if (letters.length !== count || groups.length !== 12)
    throw new Error(`${letters.length} letters in ${groups.length} groups were found, not ${count} in 12`);
  progress("replaying");
  const operation = await askForOperation(surroundings, asked(letters));
  const [done, replaying] = await timed(() => workOn(surroundings, operation.id));
  if (done.done !== count) throw new Error(`${done.done} of ${count} were replayed`);
  const sent = await drain(client);
  progress("replaying, with a kill in the middle");
  await prepare(client, { from: 2 * count, count, dead: true });
  const killed = await replayWithKill(ground, await listLetters(surroundings, queue));
  const sentKilled = await drain(client);
  const left = (await listLetters(surroundings, queue)).length;
  return {
    letters: count,
    listingMs: listing,
    groupingMs: grouping,
    bareASecond: bare,
    replayASecond: (1000 * count) / replaying,
    killedASecond: killed,
    lost: 2 * count - sent.different - sentKilled.different,
    twice: sent.all - sent.different + sentKilled.all - sentKilled.different,
    left,
  };
}

if (options.help) console.log(USAGE);
else {
  await using ground = await startGround();
  const result = await measure(ground);
  const { bareASecond, replayASecond, killedASecond } = result;
  console.log(
    table(
      ["", "measured", "of the bare loop"],
      [
        ["list (ms)", shortNumber(result.listingMs), ""],
        ["group (ms)", shortNumber(result.groupingMs), ""],
        ["bare loop, letters/s", shortNumber(bareASecond), ""],
        ["replay, letters/s", shortNumber(replayASecond), ratio(replayASecond / bareASecond)],
        ["with a kill in the middle, letters/s", shortNumber(killedASecond), ratio(killedASecond / bareASecond)],
        ["lost, sent twice, left", `${result.lost}, ${result.twice}, ${result.left}`, ""],
      ],
    ),
  );
  if (result.lost + result.twice + result.left > 0) process.exitCode = 1;
  if (!options.quick) {
    const file = join(import.meta.dirname, "results", "replay.json");
    await writeFile(file, `${JSON.stringify({ machine: await describeMachine(), ...result }, null, 2)}\n`);
  }
}
