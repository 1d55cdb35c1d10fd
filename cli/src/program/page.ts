import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 72,
  examples: ["ratchet page digits"],
  define: (command) =>
    command
      .description("open the page of a model, by which people ask what serves it")
      .argument("<model>", "the model whose page it is")
      .action((model: string, _options, command: Command) =>
        withDeployment(command, async (deployment, output) => {
          const { endpointOf } = await import("../commands/predict.ts");
          const { servePage } = await import("../page/serve-page.ts");
          const { untilStopped } = await import("../local/until-stopped.ts");
          const page = await servePage(await endpointOf(deployment, model), deployment);
          output.note("for you alone, until Ctrl-C; it asks the model as you:");
          output.result({ address: page.address }, page.address);
          await untilStopped(new Promise(() => undefined));
          await page.close();
        }),
      ),
};
