/**
 * Writes everything that is generated from what people write: schemas and golden samples of the contracts, each service's
 * host.json and pipeline, the plan of each environment, the pictures and tables of docs/architecture.md. `pnpm generate`; tests fail when something is stale.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generatedPlans } from "../cdktf/src/bin/write-golden.ts";
import { ConfigurationError } from "../cdktf/src/configuration/configuration.ts";
import { BreakingChangeError, generate } from "../contracts/src/generate.ts";
import { services } from "../contracts/src/topology.ts";
import { hostJsonFile } from "../messaging/src/host-json.ts";
import { generatedPipelines } from "../pipelines/src/write-pipelines.ts";
import { documentation } from "./pictures/pictures.ts";

const root = join(import.meta.dirname, "..");

async function write(files: Iterable<readonly [path: string, text: string]>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

try {
  for (const path of await generate()) console.log(`published contracts/${path}`);
  await write(services.map((service) => [`services/${service}/host.json`, hostJsonFile(service)]));
  await write(generatedPipelines());
  await write(await documentation());
  await write(generatedPlans());
} catch (error) {
  const isForPeople = error instanceof BreakingChangeError || error instanceof ConfigurationError;
  if (!isForPeople) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
