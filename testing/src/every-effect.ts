import { createInstance, type Fate, type Instance } from "./instance.ts";

/** A scenario whose instance never came to its fate. */
class FatelessError extends Error {
  override readonly name = "FatelessError";
}

/** No scenario of a service has as many effects: one that does goes on for ever. */
const mostEffects = 500;

type Scenario = (instance: Instance) => Promise<void>;

/** Plays a scenario with one fate; what fails says at which. */
async function play(scenario: Scenario, fate: Fate): Promise<Instance> {
  const instance = createInstance(fate);
  try {
    await scenario(instance);
  } catch (error) {
    if (error instanceof Error) error.message = `where the process ${instance.story}: ${error.message}`;
    throw error;
  }
  return instance;
}

async function playEach(scenario: Scenario, fatesOf: (effect: number) => readonly Fate[]): Promise<number> {
  for (let effect = 1; effect <= mostEffects; effect += 1)
    for (const fate of fatesOf(effect)) {
      const { fated } = await play(scenario, fate);
      if (fated) continue;
      if (effect === 1) throw new FatelessError("nothing was done through the instance: the scenario shows nothing");
      return effect - 1;
    }
  throw new FatelessError(`the scenario has more than ${mostEffects} effects`);
}

/**
 * Plays a scenario for every effect that its process can end at: before the first, and after each. (Before the second is after
 * the first, as far as anybody else can see.) A scenario makes what it needs anew, lets the instance do its work by `instance.run`, does the rest as it would be
 * done (delivered again, swept), and looks at the end.
 * @returns how many effects there are.
 * @throws {FatelessError} when the instance has no effect.
 */
export const forEveryEffect = (scenario: Scenario): Promise<number> =>
  playEach(scenario, (effect) => [
    ...(effect === 1 ? [{ kind: "ends", when: "before", effect } as const] : []),
    { kind: "ends", when: "after", effect },
  ]);

/**
 * Plays a scenario for every place between two effects, where somebody else does `instance.meanwhile`, which the scenario sets.
 * @returns how many such places there are.
 * @throws {FatelessError} when the instance has no effect.
 */
export const betweenEffects = (scenario: Scenario): Promise<number> =>
  playEach(scenario, (effect) => [{ kind: "meets", effect }]);
