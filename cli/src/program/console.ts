import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { WrongInputError } from "../errors.ts";

export const command: RatchetCommand = {
  group: "machine",
  place: 25,
  examples: ["ratchet console", "ratchet console --port 8123"],
  define: (command) =>
    command
      .description("open the console in the browser, with your own rights; Ctrl-C closes it")
      .option("--port <port>", "where it listens on this machine; a free one where it is left out")
      .option("--no-open", "print the address, and open no browser")
      .action(async ({ port, open }: { readonly port?: string; readonly open: boolean }, command: Command) => {
        if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new WrongInputError(`${port} is no port`);
        await withDeployment(command, async (deployment, output) => {
          const [{ serveConsole }, { openInBrowser }, { untilStopped }] = await Promise.all([
            import("../console/serve.ts"),
            import("../console/open-in-browser.ts"),
            import("../local/until-stopped.ts"),
          ]);
          const console = await serveConsole(deployment, port === undefined ? {} : { port: Number(port) });
          try {
            output.note(`the console is at ${console.address}\nthe address lets in once; Ctrl-C closes it`);
            if (open && process.stdout.isTTY) openInBrowser(console.address);
            await untilStopped(new Promise(() => undefined));
          } finally {
            await console.close();
          }
        });
      }),
};
