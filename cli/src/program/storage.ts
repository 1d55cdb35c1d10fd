import type { Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { Kept } from "../commands/storage.ts";
import { WrongInputError } from "../errors.ts";
import { table } from "../output.ts";

/** Bytes for people: `4.2 MiB`. */
function inWords(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1024)));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

const dollars = (amount: number): string => (amount < 0.01 ? "less than a cent" : `${amount.toFixed(2)} US dollars`);

function describe({ model, kinds, blobs, bytes, monthly }: Kept): string {
  const whose = model === undefined ? "" : ` of ${model}`;
  if (blobs === 0) return `nothing is kept${whose}`;
  const rows = [...kinds]
    .sort((a, b) => b.bytes - a.bytes)
    .map((one) => [
      one.kind,
      colors.dim(one.container),
      String(one.blobs),
      inWords(one.bytes),
      one.oldest.slice(0, 10),
      one.newest.slice(0, 10),
    ]);
  const all = `${blobs} blobs, ${inWords(bytes)}${whose}: ${dollars(monthly)} a month, without operations`;
  return `${table(["what", "container", "blobs", "size", "oldest", "newest"], rows)}\n\n${all}`;
}

function priceOf(text: string): number {
  const price = Number(text);
  if (!(price >= 0) || text.trim() === "")
    throw new WrongInputError(`--price ${text} is not a number of US dollars for a GB and month, such as 0.02`);
  return price;
}

export const command: RatchetCommand = {
  group: "data",
  place: 60,
  examples: ["ratchet storage", "ratchet storage digits --json"],
  define: (command) =>
    command
      .description("say what is kept in storage, how much it is and what it costs; it lists every blob")
      .argument("[model]", "only what is this model's; all there is where it is left out")
      .option("--price <dollars>", "US dollars for a GB and month (0.02: hot tier, rounded)", priceOf)
      .option(...jsonOption)
      .action(async (model: string | undefined, { price }: { readonly price?: number }, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { keptStorage } = await import("../commands/storage.ts");
          const kept = await keptStorage(deployment, { model, price });
          output.result(kept, describe(kept));
        });
      }),
};
