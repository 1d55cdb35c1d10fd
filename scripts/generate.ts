/**
 * Writes everything that is generated from what people write: schemas and golden samples of the contracts, each service's
 * host.json. `pnpm generate`; tests fail when something is stale.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "../contracts/src/generate.ts";
import { services } from "../contracts/src/topology.ts";
import { hostJsonFile } from "../messaging/src/host-json.ts";

const root = join(import.meta.dirname, "..");

for (const path of await generate()) console.log(`published contracts/${path}`);
for (const service of services) await writeFile(join(root, "services", service, "host.json"), hostJsonFile(service));
