/**
 * Usage: pnpm simulate [--seeds <n>] [--from <seed>] [--seed <seed>]
 *
 * Runs simulations, each from one seed, and tells which do not hold. With --seed, one of them, and its story in words.
 */
import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string" }, from: { type: "string" }, seed: { type: "string" } },
});

function whole(text: string | undefined, otherwise: number, name: string): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name} takes a whole number, not ${text}`);
  process.exit(64);
}

async function tell(seed: number): Promise<void> {
  const { story, broken, ...numbers } = await simulate(seed, { story: true });
  for (const line of story) console.log(line);
  console.log(numbers);
  for (const sentence of broken) console.log(`BROKEN: ${sentence}`);
  // Not `exit`: what a pipe has not taken yet would be lost.
  process.exitCode = broken.length > 0 ? 1 : 0;
}

async function playAll(from: number, count: number): Promise<void> {
  const started = performance.now();
  let [faults, steps, failed] = [0, 0, 0];
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await simulate(seed);
    faults += outcome.faults;
    steps += outcome.steps;
    if (outcome.broken.length > 0) {
      failed += 1;
      console.log(`seed ${seed}: ${outcome.broken.join("; ")}`);
    }
    const done = seed - from + 1;
    if (done % 25 === 0) console.error(`${done} of ${count} seeds, ${faults} faults, ${failed} do not hold`);
  }
  const seconds = (performance.now() - started) / 1000;
  const pace = `${steps} steps in ${seconds.toFixed(1)} s (${Math.round((steps / seconds) * 60)} steps a minute)`;
  console.log(`${count} seeds, ${faults} faults, ${pace}; ${failed} do not hold`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (values.seed !== undefined) await tell(whole(values.seed, 0, "seed"));
else await playAll(whole(values.from, 1, "from"), whole(values.seeds, 100, "seeds"));
