import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordBytes } from "@ratchet/datasets/index/row-record";
import { type Measured, type Size, type Work, type Worked, works } from "./results.ts";
import { duplicatesIn } from "./synthetic-rows.ts";

/** What a process answers, once it has ended well. */
async function answerOf<Answer>(program: string, ...words: readonly string[]): Promise<Answer> {
  const child = fork(join(import.meta.dirname, program), words, {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  let answer: Answer | undefined;
  child.on("message", (message: Answer) => {
    answer = message;
  });
  const [code] = await once(child, "exit");
  if (code !== 0 || answer === undefined) throw new Error(`${program} ${words.join(" ")} has ended with ${code}`);
  return answer;
}

/** The folder must hold the indexes, and some room must be left for others. */
async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < 2 * bytes)
    throw new Error(`${folder} has ${bavail * bsize} bytes free, and ${bytes} are needed and as many again left free`);
}

/** Every row counts once: what the plan says must be what was written. */
function checkCounts({ work, records, counts }: Measured, rows: number): void {
  if (records !== rows) throw new Error(`${work}: ${records} records of ${rows}`);
  if (!counts) return;
  const { train, holdout, duplicate, leftOut, replaced, contradicting } = counts;
  const wrong = duplicate !== duplicatesIn(rows) || train + holdout + duplicate !== rows;
  if (wrong || leftOut + replaced + contradicting > 0)
    throw new Error(`${work}: wrong counts, ${JSON.stringify(counts)}`);
}

function medianRound(work: Work, rounds: readonly Worked[]): Measured {
  const sorted = rounds.toSorted((a, b) => a.seconds - b.seconds);
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new Error("there was no round");
  return { work, ...middle, peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)), rounds: rounds.length };
}

/** Writes indexes, works on them in turns, and takes them away again. */
export async function measureSize(
  { rows, batches, rounds }: { readonly rows: number; readonly batches: number; readonly rounds: number },
  progress: (text: string) => void,
): Promise<Size> {
  const bytes = rows * recordBytes;
  await checkSpace(tmpdir(), bytes);
  const folder = await mkdtemp(join(tmpdir(), "ratchet-plan-"));
  try {
    const { seconds } = await answerOf<{ readonly seconds: number }>(
      "make-indexes-process.ts",
      folder,
      String(rows),
      String(batches),
    );
    progress(`${rows} rows in ${batches} indexes written in ${seconds.toFixed(1)} s`);
    const worked = Object.fromEntries(works.map((work): [Work, Worked[]] => [work, []])) as Record<Work, Worked[]>;
    // Works take turns, so that what else the machine does troubles all of them.
    for (let round = 0; round < rounds; round += 1)
      for (const work of works) {
        const one = await answerOf<Worked>("measure-process.ts", folder, work);
        progress(`${work}: ${one.seconds.toFixed(2)} s, ${Math.round(one.peakBytes / 1024 ** 2)} MB at most`);
        worked[work].push(one);
      }
    const measured = works.map((work) => medianRound(work, worked[work]));
    for (const one of measured) checkCounts(one, rows);
    return { rows, batches, bytes, measured };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
