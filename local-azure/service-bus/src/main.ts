import { parseArgs } from "node:util";
import { type ServeOptions, serveServiceBus } from "./serve.ts";

const usage = `node main.ts [--port <n>] [--data <folder>] [--config <Config.json>] [--synchronous FULL|NORMAL]
             [--certificate <pem> --key <pem>]`;

/**
 * Reads the command line.
 * @throws {Error} when it says what it cannot mean.
 */
function readOptions(args: readonly string[]): ServeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      data: { type: "string" },
      config: { type: "string" },
      synchronous: { type: "string" },
      certificate: { type: "string" },
      key: { type: "string" },
    },
  });
  const { port, synchronous, ...files } = values;
  const number = Number(port ?? 0);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new Error(`--port ${port} is not a port.`);
  if (synchronous !== undefined && synchronous !== "FULL" && synchronous !== "NORMAL") {
    throw new Error(`--synchronous ${synchronous} is neither FULL nor NORMAL.`);
  }
  return { ...files, port: number, ...(synchronous && { synchronous }) };
}

try {
  await serveServiceBus(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.error(`Usage: ${usage}`);
  process.exitCode = 1;
}
