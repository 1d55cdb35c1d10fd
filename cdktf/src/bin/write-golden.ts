/** Usage: node src/bin/write-golden.ts. Writes golden/<environment>.txt anew; the difference is what there is to review. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { planOf } from "../checks/plan.ts";
import { configurationOf, environments } from "../configuration/environments.ts";
import { synthesised } from "../synth/synthesised.ts";

/** The plans that follow from topology, settings and configuration: text by path in the repository. */
export function generatedPlans(): ReadonlyMap<string, string> {
  return new Map(
    environments().map((environment) => [
      `cdktf/golden/${environment}.txt`,
      planOf(synthesised(configurationOf(environment))),
    ]),
  );
}

if (import.meta.main) {
  const repository = resolve(import.meta.dirname, "..", "..", "..");
  for (const [path, text] of generatedPlans()) {
    writeFileSync(join(repository, path), text);
    console.log(path);
  }
}
