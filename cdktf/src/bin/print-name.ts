/**
 * Usage: node src/bin/print-name.ts <environment> resource-group | data-account | secrets-vault | service <service>
 *
 * Prints a resource's name, for scripts that are to find it.
 */
import { type ServiceName, services } from "@ratchet/contracts";
import { configurationOf, environments } from "../configuration/environments.ts";
import { namesOf } from "../stack/names.ts";

const [environment = "", what, which] = process.argv.slice(2);

function nameOf(): string | undefined {
  if (!environments().includes(environment)) return undefined;
  const names = namesOf(configurationOf(environment));
  if (what === "resource-group") return names.resourceGroup;
  if (what === "data-account") return names.dataAccount;
  if (what === "secrets-vault") return names.secretsVault;
  return what === "service" && services.includes(which as ServiceName)
    ? names.service(which as ServiceName)
    : undefined;
}

const name = nameOf();
if (name === undefined) {
  console.error(
    "usage: node src/bin/print-name.ts <environment> resource-group | data-account | secrets-vault | service <service>",
  );
  process.exit(64);
}
console.log(name);
