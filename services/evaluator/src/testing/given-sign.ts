import { signRows, signYaml } from "./sign.ts";
import type { EvaluatorWorld } from "./world.ts";

/** Batches by the letter that their ids are made of. */
export const [a, b, c, d] = ["a", "b", "c", "d"].map((letter) => letter.repeat(16)) as [string, string, string, string];

export interface GivenSign {
  /** The fixture that serves as version 1; none does where it is left out. */
  readonly champion?: string;
  readonly promotedAt?: Date;
  /** The fixture that is version 2. */
  readonly challenger: string;
  /** More of the gate, in YAML, indented by two. */
  readonly gate?: string;
  readonly rows?: number;
  readonly admittedAt?: Date;
}

/** A model `sign` with one batch, a champion perhaps and a challenger. Gives how many rows are held out. */
export async function givenSign(
  world: EvaluatorWorld,
  { champion, promotedAt, challenger, gate = "", rows = 1_000, admittedAt }: GivenSign,
): Promise<number> {
  await world.apply(signYaml(gate));
  const held = await world.admit("sign", a, signRows(rows), 0.5, admittedAt);
  await world.putModel("sign", "2", challenger);
  if (champion) {
    await world.putModel("sign", "1", champion);
    await world.makeChampion("sign", "1", [a], promotedAt);
  }
  return held;
}
