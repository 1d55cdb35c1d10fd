/**
 * Writes everything that is generated from what people write: schemas and golden samples of the contracts, each service's
 * host.json. `pnpm generate`; tests fail when something is stale.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BreakingChangeError, generate } from "../contracts/src/generate.ts";
import { services } from "../contracts/src/topology.ts";
import { hostJsonFile } from "../messaging/src/host-json.ts";

const root = join(import.meta.dirname, "..");

const published = await generate().catch((error: unknown) => {
  if (!(error instanceof BreakingChangeError)) throw error;
  console.error(error.message);
  return process.exit(1);
});
for (const path of published) console.log(`published contracts/${path}`);
for (const service of services) await writeFile(join(root, "services", service, "host.json"), hostJsonFile(service));
