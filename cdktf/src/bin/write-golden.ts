/** Usage: node src/bin/write-golden.ts. Writes golden/<environment>.txt anew; the difference is what there is to review. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { planOf } from "../checks/plan.ts";
import { configurationOf, environments } from "../configuration/environments.ts";
import { synthesised } from "../synth/synthesised.ts";

const folder = join(import.meta.dirname, "..", "..", "golden");
mkdirSync(folder, { recursive: true });
for (const environment of environments()) {
  const file = join(folder, `${environment}.txt`);
  writeFileSync(file, planOf(synthesised(configurationOf(environment))));
  console.log(relative(process.cwd(), file));
}
