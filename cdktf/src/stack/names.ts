import { createHash } from "node:crypto";
import { eventTopic } from "@ratchet/contracts";
import type { Configuration } from "../configuration/configuration.ts";

/** The names of an environment's resources. Those of storage accounts have 24 characters at most, letters and digits. */
export function namesOf({ organisation, environment }: Pick<Configuration, "organisation" | "environment">) {
  const long = `ratchet-${organisation}-${environment}`;
  const short = `${organisation}${environment}`;
  return {
    resourceGroup: `rg-${long}`,
    identity: (principal: string) => `id-${long}-${principal}`,
    dataAccount: `st${short}data`,
    workspaceAccount: `st${short}workspace`,
    /** Of the last word, `runner` of `training-runner`: the whole does not fit. `checks/names.ts` holds it to be enough. */
    serviceAccount: (service: string) => `st${short}${service.split("-").at(-1)}`,
    /** A model's name may be longer than a storage account's. */
    modelAccount: (model: string) => `st${short}m${createHash("sha256").update(model).digest("hex").slice(0, 8)}`,
    namespace: `sb-${long}`,
    /** Topics' names are global within a region. */
    eventTopic: `${eventTopic}-${organisation}-${environment}`,
    systemTopic: (source: string) => `evgst-${long}-${source}`,
    workspace: `mlw-${long}`,
    keyVault: `kv-${short}-ratchet`,
    /** The vault of the apps: what services read that is secret. */
    secretsVault: `kv-${short}-apps`,
    registry: `cr${short}ratchet`,
    service: (service: string) => `func-${long}-${service}`,
    servicePlan: (service: string) => `asp-${long}-${service}`,
    logs: `log-${long}`,
    applicationInsights: `appi-${long}`,
    actionGroup: `ag-${long}`,
    alert: (alert: string) => `alert-${long}-${alert}`,
    budget: (budget: string) => `budget-${long}-${budget}`,
  } as const;
}

export type Names = ReturnType<typeof namesOf>;
