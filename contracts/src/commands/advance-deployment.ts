import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName } from "../names.ts";

export const advanceDeployment = defineContract({
  type: "ratchet.advance-deployment.v1",
  kind: "command",
  description: "Take the next step of a deployment: look at what is there, do one thing, write down what came of it.",
  data: z.object({
    model: modelName,
    app: z.string().min(1).describe("The app that is deployed to; it has one record."),
    deployment: z.string().min(1).describe("Id of the command that the deployment is because of."),
    step: z.number().int().min(0).describe("The step that is next; where it is taken already, nothing is done."),
  }),
  subject: ({ model, deployment, step }) => `models/${model}/deployments/${deployment}/steps/${step}`,
  example: {
    model: "digits",
    app: "inference-digits",
    deployment: "4272be85143167ef0cbfe50baba5903e",
    step: 4,
  },
});
export type AdvanceDeployment = ReturnType<typeof advanceDeployment.parse>;
