import { type Setting, type SettingsTable, services, settings } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { violations } from "../checks/policy.ts";
import { brokenReferences } from "../checks/references.ts";
import { configurationOf, environments } from "../configuration/environments.ts";
import { appSettingsOf, armResourcesOf, resourcesOf, synthesised } from "../synth/synthesised.ts";
import { grantsOf } from "./grants.ts";

const readers = ["evaluator", "console"] as const;

const withoutSecrets: SettingsTable = Object.fromEntries(
  Object.entries<Setting>(settings).filter(([, { from }]) => from !== "secret"),
);

/** The table with secrets in it: one of two services, one of a service alone, named as a secret is. */
const table = {
  ...withoutSecrets,
  CHAT_WEBHOOK: { description: "The address to call.", readers, from: "secret" },
  SHOP_CLIENT_SECRET: { description: "What the shop asks for.", readers: ["console"], from: "secret" },
} satisfies SettingsTable;

const reference = (name: string) =>
  `@Microsoft.KeyVault(VaultName=\${azurerm_key_vault.secrets_vault.name};SecretName=${name})`;

describe.each(environments())("in %s, where services read secrets", (environment) => {
  const configuration = configurationOf(environment);
  const tree = synthesised(configuration, table);
  const siteOf = (service: string) => {
    const name = `func-ratchet-${configuration.organisation}-${environment}-${service}`;
    const [site] = armResourcesOf(tree, "Microsoft.Web/sites").filter(({ attributes }) => attributes["name"] === name);
    if (!site) throw new RangeError(`There is no ${name}.`);
    return site;
  };

  test("there is one vault for them, which opens by roles, cannot be purged and is watched", () => {
    const vaults = resourcesOf(tree, "azurerm_key_vault").filter(({ name }) => name === "secrets_vault");
    expect(vaults.map(({ attributes }) => attributes)).toMatchObject([
      { rbac_authorization_enabled: true, purge_protection_enabled: true, tenant_id: configuration.tenant },
    ]);
    expect(violations(tree)).toEqual([]);
    expect(brokenReferences(configuration, tree, table)).toEqual([]);
  });

  test("each reader's app refers to its own secrets, as itself, and no other app to any", () => {
    expect(appSettingsOf(siteOf("console"))).toMatchObject({
      CHAT_WEBHOOK: reference("CHAT-WEBHOOK"),
      SHOP_CLIENT_SECRET: reference("SHOP-CLIENT-SECRET"),
    });
    expect(appSettingsOf(siteOf("evaluator"))).toMatchObject({ CHAT_WEBHOOK: reference("CHAT-WEBHOOK") });
    for (const service of services) {
      const { keyVaultReferenceIdentity } = (siteOf(service).attributes["body"] as { properties: Partial<Site> })
        .properties;
      const reads = readers.some((reader) => reader === service);
      expect(keyVaultReferenceIdentity, service).toBe(
        reads ? `\${azurerm_user_assigned_identity.identity_${service}.id}` : undefined,
      );
    }
    expect(JSON.stringify(siteOf("deployer"))).not.toContain("KeyVault");
  });

  test("the readers may read the vault, and nobody else has a role on it", () => {
    const on = (scope: string) => grantsOf(configuration, table).filter((grant) => grant.scope === scope);
    expect(on("secrets")).toEqual(
      readers.map((principal) => ({ principal, role: "Key Vault Secrets User", scope: "secrets" })),
    );
    const assigned = resourcesOf(tree, "azurerm_role_assignment").filter(
      ({ attributes }) => attributes["scope"] === `\${azurerm_key_vault.secrets_vault.id}`,
    );
    expect(assigned.map(({ attributes }) => attributes["description"]).sort()).toEqual(
      readers.map((service) => `${service} on secrets`).sort(),
    );
  });

  test("no output says anything of them", () => {
    expect(tree.output).toEqual(synthesised(configuration, withoutSecrets).output);
  });
});

interface Site {
  readonly keyVaultReferenceIdentity: string;
}

test("where no service reads a secret there is no vault for them", () => {
  const tree = synthesised(configurationOf("dev"), withoutSecrets);
  expect(resourcesOf(tree, "azurerm_key_vault").map(({ name }) => name)).toEqual(["training_key-vault"]);
  expect(grantsOf(configurationOf("dev"), withoutSecrets).filter(({ scope }) => scope === "secrets")).toEqual([]);
});
