import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generatedPlans } from "../bin/write-golden.ts";
import { configurationOf } from "../configuration/environments.ts";
import { resourcesOf, synthesised } from "../synth/synthesised.ts";

const repository = join(import.meta.dirname, "..", "..", "..");

test.each([...generatedPlans()])("%s is the plan that was reviewed (pnpm generate writes it anew)", (path, plan) => {
  expect(plan).toBe(readFileSync(join(repository, path), "utf8"));
});

test("a model more in the configuration is an app with a staging slot and nothing that was there before", () => {
  const configuration = configurationOf("dev");
  const more = { name: "churn", app: "inference-churn", plan: "shared" };
  const { serving } = configuration;
  const namesOf = (models: typeof serving.models) =>
    resourcesOf(synthesised({ ...configuration, serving: { ...serving, models } })).map(
      ({ type, name }) => `${type}.${name}`,
    );
  const before = namesOf(serving.models);
  const added = namesOf([...serving.models, more]).filter((resource) => !before.includes(resource));
  expect(added.filter((resource) => !resource.startsWith("azurerm_role_assignment."))).toEqual([
    "azapi_resource.serving_churn_production",
    "azapi_resource.serving_churn_staging",
    "azapi_update_resource.serving_churn_production-ftp",
    "azapi_update_resource.serving_churn_production-scm",
    "azapi_update_resource.serving_churn_production-sign-in",
    "azapi_update_resource.serving_churn_staging-ftp",
    "azapi_update_resource.serving_churn_staging-scm",
    "azapi_update_resource.serving_churn_staging-sign-in",
    "azurerm_monitor_diagnostic_setting.observability_diagnostics-inference-churn",
    "azurerm_monitor_diagnostic_setting.observability_diagnostics-inference-churn-account",
    "azurerm_monitor_metric_alert.alerts_inference-errors-churn",
    "azurerm_monitor_metric_alert.alerts_inference-latency-churn",
    "azurerm_storage_account.serving_churn_account",
    "azurerm_user_assigned_identity.identity_inference-churn",
  ]);
});
