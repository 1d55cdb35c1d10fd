/**
 * Usage: node src/bin/validate.ts [environment…]. Lets Terraform check what was synthesised, as far as it can here:
 *
 * exit 0   every attribute of every resource is right, by the providers' own schemas
 * exit 1   Terraform found something wrong, and says what
 * exit 75  no provider registry can be reached: only the graph was checked (names, references, no cycle)
 * exit 69  there is no Terraform: nothing was checked
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { providerFree } from "../checks/provider-free.ts";
import { configurationOf, environments } from "../configuration/environments.ts";
import { synthesise } from "../synth/synthesise.ts";
import { inTemporaryFolder, synthesised } from "../synth/synthesised.ts";
import { isUnreachable, terraform } from "../synth/terraform.ts";

type Outcome = "valid" | "graph only";

function validate(environment: string): Outcome {
  const configuration = configurationOf(environment);
  return inTemporaryFolder((folder) => {
    synthesise([configuration], folder);
    const stack = join(folder, "stacks", environment);
    const init = run(stack, "init", "-backend=false", "-input=false");
    if (init.ok) {
      mustSucceed(environment, run(stack, "validate"));
      return "valid";
    }
    if (!isUnreachable(init.text)) mustSucceed(environment, init);
    const graph = join(folder, "graph");
    mkdirSync(graph);
    writeFileSync(join(graph, "main.tf.json"), JSON.stringify(providerFree(synthesised(configuration))));
    mustSucceed(environment, run(graph, "init", "-input=false"));
    mustSucceed(environment, run(graph, "validate"));
    return "graph only";
  });
}

function run(folder: string, ...words: readonly string[]) {
  const answer = terraform(folder, ...words);
  if (!answer) exit(69, "There is no terraform on the PATH: nothing was validated.");
  return answer;
}

function mustSucceed(environment: string, { ok, text }: { readonly ok: boolean; readonly text: string }): void {
  if (!ok) exit(1, `${environment}: ${text}`);
}

function exit(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}

const named = process.argv.slice(2);
const outcomes = (named.length > 0 ? named : environments()).map((environment) => {
  const outcome = validate(environment);
  console.log(`${environment}: ${outcome === "valid" ? "valid" : "the graph is sound: names, references, no cycle"}`);
  return outcome;
});
if (outcomes.includes("graph only"))
  exit(
    75,
    "The provider registry cannot be reached from here, so Terraform has not checked attributes against the providers' " +
      "schemas. Run this again where registry.terraform.io answers.",
  );
