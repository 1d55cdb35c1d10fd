import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { collect, jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

interface Options {
  readonly type?: readonly string[];
  readonly topic?: string;
}

export const command: RatchetCommand = {
  group: "model",
  place: 90,
  examples: ["ratchet subscribe us https://app.example/hook --type ratchet.model.promoted.v1"],
  define: (command) =>
    command
      .description("have events delivered to a webhook, e.g. to learn of every promoted model")
      .argument("<name>", "name of the subscription")
      .argument("<url>", "https address of the webhook; it is asked first whether it wants the events")
      .option("--type <type>", "an event type; may be given again; every type where it is left out", collect)
      .option("--topic <name>", "name of the Event Grid topic; RATCHET_EVENT_TOPIC, or `ratchet`, where it is left out")
      .option(...jsonOption)
      .action(async (name: string, url: string, { type: types = [], topic }: Options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { subscribe } = await import("../commands/subscribe.ts");
          await subscribe(deployment, { name, url, types, ...(topic && { topic }) });
          output.result(
            { name, url, types },
            `${url} now receives ${types.length > 0 ? types.join(", ") : "every event"}`,
          );
        });
      }),
};
