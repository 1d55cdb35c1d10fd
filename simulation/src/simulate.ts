import { elapsed } from "./engine/story.ts";
import { type Broken, isAtRest, restlessness, whatIsBroken } from "./invariants.ts";
import { createOperators } from "./operators/operators.ts";
import { createWorld, type World } from "./world/world.ts";

/** What became of a simulation. */
export interface Outcome {
  readonly seed: number;
  /** What does not hold, in sentences; empty where all does. */
  readonly broken: Broken;
  readonly faults: number;
  /** Things that were done: effects, deliveries, deeds. */
  readonly steps: number;
  readonly deliveries: number;
  /** How long it was in there, e.g. `1d 02:03:04.567`. */
  readonly elapsed: string;
  /** Line by line, where it was wanted. */
  readonly story: readonly string[];
}

export interface SimulationOptions {
  /** Whether to tell what happens. */
  readonly story?: boolean;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A model may wait so long for a job that stays in its queue, and some more. */
const restLimit = 72 * hour;
/** So long nothing may stir before it counts as rest: longer than any of the services' periods. */
const quiet = 20 * minute;
/** So many deliveries mean that messages go in circles. */
const deliveryLimit = 20_000;
const replays = 3;

async function step(world: World): Promise<boolean> {
  if (!world.clock.step()) return false;
  await world.invocations.settle();
  return true;
}

/** Goes on until nothing has stirred for a while; says what stirs where it never ends. */
async function comeToRest(world: World, count: () => void): Promise<Broken> {
  const { clock, cluster } = world;
  const limit = clock.now + restLimit;
  let restingSince: number | undefined;
  while (clock.now < limit && cluster.deliveries < deliveryLimit) {
    if (!(await step(world))) return [];
    count();
    if (!isAtRest(world)) restingSince = undefined;
    else {
      restingSince ??= clock.now;
      if (clock.now - restingSince >= quiet) return [];
    }
  }
  return restlessness(world);
}

/**
 * Runs all services through a time of trouble, lets the trouble stop, and looks at what holds: at rest, and once more after
 * every dead letter was replayed. The same seed is the same story, step by step.
 */
export async function simulate(seed: number, { story = false }: SimulationOptions = {}): Promise<Outcome> {
  const world = createWorld(seed, { story });
  const { clock, random, faults, cluster } = world;
  const operators = createOperators(world);
  let steps = 0;
  const count = (): void => {
    steps += 1;
  };
  const outcome = (broken: Broken): Outcome => ({
    seed,
    broken: [...new Set(broken)],
    faults: faults.count,
    steps,
    deliveries: cluster.deliveries,
    elapsed: elapsed(clock.now),
    story: world.story.lines,
  });

  operators.begin();
  const troubleEnds = clock.now + random.int(40, 240) * minute;
  const act = (): void => {
    if (clock.now >= troubleEnds) return;
    operators.actOnce();
    clock.after(random.span(5 * second, 8 * minute), act);
  };
  clock.after(random.span(second, minute), act);
  while (clock.now < troubleEnds && cluster.deliveries < deliveryLimit) {
    if (!(await step(world))) break;
    count();
  }

  world.story.tell(clock.now, () => "the trouble is over");
  faults.stop();
  world.machineLearning.calm = true;
  for (const process of cluster.processes) process.pausedUntil = 0;

  let broken = await comeToRest(world, count);
  for (let round = 0; broken.length === 0 && round < replays; round += 1) {
    broken = whatIsBroken(world, operators.models);
    if (broken.length > 0 || operators.replayAll() === 0) break;
    broken = await comeToRest(world, count);
  }
  return outcome(broken.length > 0 ? broken : whatIsBroken(world, operators.models));
}
