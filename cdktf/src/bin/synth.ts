/** Usage: node src/bin/synth.ts [environment…]; all of them where none is named. */
import { join, relative } from "node:path";
import { type Configuration, ConfigurationError } from "../configuration/configuration.ts";
import { configurationOf, environments } from "../configuration/environments.ts";
import { synthesise } from "../synth/synthesise.ts";

const outFolder = join(import.meta.dirname, "..", "..", "cdktf.out");

function configurations(names: readonly string[]): readonly Configuration[] {
  const known = environments();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) fail(64, `There is no environment ${unknown.join(", ")}; config/ has ${known.join(", ")}.`);
  // Every file is read before anything is written, and every fault of every file is told at once.
  const faults: string[] = [];
  const read = names.flatMap((name) => {
    try {
      return [configurationOf(name)];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length > 0) fail(1, faults.join("\n"));
  return read;
}

function fail(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}

const named = process.argv.slice(2);
const chosen = configurations(named.length > 0 ? named : environments());
synthesise(chosen, outFolder);
for (const { environment } of chosen)
  console.log(relative(process.cwd(), join(outFolder, "stacks", environment, "cdk.tf.json")));
