import { services } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { configurationOf, environments } from "../configuration/environments.ts";
import { type Attributes, armResourcesOf, type Synthesised, synthesised } from "../synth/synthesised.ts";
import { violations } from "./policy.ts";

test.each(environments())("nothing in %s is public, keyed or unseen", (environment) => {
  expect(violations(synthesised(configurationOf(environment)))).toEqual([]);
});

test("every function app and slot refuses publishing with a password, over both ways", () => {
  const tree = synthesised(configurationOf("dev"));
  const kinds = ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"];
  const sites = kinds.flatMap((kind) => armResourcesOf(tree, kind).map(({ name }) => ({ name, kind })));
  expect(sites).toHaveLength(services.length + 2 * configurationOf("dev").serving.models.length);
  for (const { name, kind } of sites)
    expect(
      armResourcesOf(tree, `${kind}/basicPublishingCredentialsPolicies`)
        .filter(({ attributes }) => attributes["parent_id"] === `\${azapi_resource.${name}.id}`)
        .map(({ attributes }) => attributes["name"]),
      name,
    ).toEqual(["ftp", "scm"]);
});

describe("a violation is found", () => {
  const tree = synthesised(configurationOf("dev"));

  /** The tree with one resource changed or added. */
  const changed = (type: string, name: string, change: Attributes): Synthesised => ({
    ...tree,
    resource: {
      ...tree.resource,
      [type]: { ...tree.resource[type], [name]: { ...tree.resource[type]?.[name], ...change } },
    },
  });
  const cases: readonly [string, string, string, Attributes][] = [
    [
      "shared_access_key_enabled must be false",
      "azurerm_storage_account",
      "data-lake_account",
      { shared_access_key_enabled: true },
    ],
    [
      "min_tls_version must be TLS1_2 or TLS1_3",
      "azurerm_storage_account",
      "data-lake_account",
      { min_tls_version: "TLS1_0" },
    ],
    [
      "container_access_type must be private",
      "azurerm_storage_container",
      "data-lake_drops",
      { container_access_type: "blob" },
    ],
    [
      "local_auth_enabled must be false",
      "azurerm_servicebus_namespace",
      "messaging_namespace",
      { local_auth_enabled: true },
    ],
    [
      "minimum_tls_version must be 1.2 or 1.3",
      "azurerm_servicebus_namespace",
      "messaging_namespace",
      { minimum_tls_version: "1.0" },
    ],
    [
      "storage_account_access_key is named like a key",
      "azurerm_service_plan",
      "serving_plan-shared",
      { storage_account_access_key: "x" },
    ],
    [
      "a role is assigned on one resource, not on a group",
      "azurerm_role_assignment",
      "wide",
      { scope: `\${azurerm_resource_group.group.id}`, role_definition_name: "Reader" },
    ],
    [
      "nobody needs to be Owner",
      "azurerm_role_assignment",
      "owner",
      { scope: `\${azurerm_key_vault.training_key-vault.id}`, role_definition_name: "Owner" },
    ],
    [
      "has no diagnostic setting",
      "azurerm_key_vault",
      "second",
      { rbac_authorization_enabled: true, purge_protection_enabled: true },
    ],
    ["no rule has been written for azurerm_public_ip", "azurerm_public_ip", "open", {}],
    [
      "delivers without an identity, or without a place for what cannot be delivered",
      "azurerm_eventgrid_event_subscription",
      "loose",
      { delivery_identity: { type: "SystemAssigned" } },
    ],
  ];

  test.each(cases)("%s", (rule, type, name, change) => {
    expect(violations(changed(type, name, change))).toEqual([{ resource: `${type}.${name}`, rule }]);
  });

  interface Body {
    properties: {
      httpsOnly: boolean;
      siteConfig: { appSettings: object[]; ftpsState: string };
      functionAppConfig?: { deployment: { storage: { authentication: { type: string } } } };
    };
  }
  const sites: readonly [string, string, (body: Body) => void][] = [
    [
      "is named like a key",
      "orchestration_deployer_site",
      ({ properties }) => properties.siteConfig.appSettings.push({ name: "ServiceBus_ConnectionString", value: "x" }),
    ],
    [
      "holds a key",
      "orchestration_deployer_site",
      ({ properties }) =>
        properties.siteConfig.appSettings.push({ name: "STORAGE", value: "AccountName=x;AccountKey=y" }),
    ],
    [
      "holds a key",
      "serving_digits_staging",
      ({ properties }) =>
        properties.siteConfig.appSettings.push({
          name: "STORAGE",
          value: `\${azurerm_storage_account.data-lake_account.primary_connection_string}`,
        }),
    ],
    [
      "refers to a secret, and not to the identity that may read it",
      "orchestration_deployer_site",
      ({ properties }) =>
        properties.siteConfig.appSettings.push({
          name: "HOOK_SECRET",
          value: "@Microsoft.KeyVault(VaultName=kv;SecretName=HOOK-SECRET)",
        }),
    ],
    [
      "ftpsState must be Disabled",
      "serving_digits_production",
      ({ properties }) => {
        properties.siteConfig.ftpsState = "AllAllowed";
      },
    ],
    [
      "httpsOnly must be true",
      "console_app_site",
      ({ properties }) => {
        properties.httpsOnly = false;
      },
    ],
    [
      "authentication.type must be UserAssignedIdentity",
      "console_app_site",
      ({ properties }) => {
        if (properties.functionAppConfig)
          properties.functionAppConfig.deployment.storage.authentication.type = "StorageAccountConnectionString";
      },
    ],
  ];

  test.each(sites)("a function app that %s: %s", (rule, name, spoil) => {
    const body = structuredClone(tree.resource["azapi_resource"]?.[name]?.["body"]) as unknown as Body;
    spoil(body);
    const found = violations(changed("azapi_resource", name, { body: body as unknown as Attributes }));
    expect(found).toEqual([{ resource: `azapi_resource.${name}`, rule: expect.stringContaining(rule) }]);
  });

  test.each(["production", "staging"])("an app that serves and asks nobody who calls, in %s", (slot) => {
    const { [`serving_digits_${slot}-sign-in`]: signIn, ...others } = tree.resource["azapi_update_resource"] ?? {};
    expect(signIn).toBeDefined();
    const without = { ...tree, resource: { ...tree.resource, azapi_update_resource: others } };
    const rule = "asks nobody who calls: its sign-in has to name who may";
    expect(violations(without)).toEqual([{ resource: `azapi_resource.serving_digits_${slot}`, rule }]);
  });
});
