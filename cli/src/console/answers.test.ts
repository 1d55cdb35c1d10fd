import { afterAll, beforeAll, expect, test } from "vitest";
import { groundOf } from "../operator-ground.ts";
import { placeLetters } from "../testing/console-records.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { answersOf } from "./answers.ts";
import { letterBook } from "./letters.ts";

let stage: TestDeployment;
beforeAll(async () => {
  stage = await startTestDeployment();
});
afterAll(() => stage[Symbol.asyncDispose]());

const consoleOf = ({ deployment }: TestDeployment) => {
  const ground = groundOf(deployment);
  return answersOf(deployment, ground, letterBook(ground));
};

test("what is done with what was shown is done with that, and with nothing that has come since", async () => {
  const answers = consoleOf(stage);
  await placeLetters(stage.deployment, 3);
  const shown = await answers.letters({ model: "tides" });
  expect(shown).toMatchObject({ total: 3, groups: [{ count: 3 }] });
  await placeLetters(stage.deployment, 5);
  const request = { action: "replay", filter: { model: "tides" }, reason: "it is mended" } as const;
  expect(await answers.operate({ ...request, set: shown.set })).toMatchObject({ total: 3, selected: "model tides" });
  expect(await answers.operate(request)).toMatchObject({ total: 8 });
  await expect(consoleOf(stage).operate({ ...request, set: shown.set })).rejects.toThrow(
    "what was shown is too long ago: look at the letters again",
  );
});
