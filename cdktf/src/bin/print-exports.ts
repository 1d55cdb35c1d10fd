/**
 * Usage: node src/bin/print-exports.ts <folder where Terraform applied the environment>
 *
 * Prints the deployment's outputs as `export NAME='value'`, so that `eval "$(…)"` makes `ratchet` talk to it.
 */

import { outputsOf } from "../stack/outputs.ts";
import { terraform } from "../synth/terraform.ts";
import { shellExports } from "./shell-exports.ts";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node src/bin/print-exports.ts <folder where Terraform applied the environment>");
  process.exit(64);
}
const answer = terraform(folder, "output", "-json");
if (!answer?.ok) {
  console.error(answer?.text ?? "There is no terraform on the PATH.");
  process.exit(answer ? 1 : 69);
}
process.stdout.write(shellExports(JSON.parse(answer.text), Object.keys(outputsOf())));
