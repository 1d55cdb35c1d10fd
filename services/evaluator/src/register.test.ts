import { queues, type ServiceName } from "@ratchet/contracts";
import type { Functions } from "@ratchet/messaging";
import { expect, test } from "vitest";
import type { Evaluator } from "./evaluator.ts";
import { register } from "./register.ts";

test("the evaluator receives from its queues, sweeps every minute and goes through the registry every hour", () => {
  const registered: string[] = [];
  const functions: Functions<"evaluator"> = {
    receive: (queue, routes) => void registered.push(`${queue}: ${routes.flatMap(({ types }) => types).join()}`),
    onSchedule: (name, schedule) => void registered.push(`${name}: ${schedule}`),
    onRequest: (name) => void registered.push(name),
  };
  register(functions, {} as Evaluator);
  expect(registered).toEqual([
    "evaluate-model: ratchet.evaluate-model.v1",
    "score-batch: ratchet.score-batch.v1",
    "model-registered: Microsoft.MachineLearningServices.ModelRegistered",
    "sweep: 0 * * * * *",
    "registrations: 30 7 * * * *",
  ]);
  const own = Object.entries(queues).filter(([, { receiver }]) => (receiver as ServiceName) === "evaluator");
  for (const [queue] of own) expect(registered.join()).toContain(`${queue}: `);
});
