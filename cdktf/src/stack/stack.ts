import { type SettingsTable, services, settings } from "@ratchet/contracts";
import type { Construct } from "constructs";
import { Node } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import { Access } from "./access.ts";
import { addressOf } from "./address.ts";
import { audienceOf } from "./admission.ts";
import { Alerts } from "./alerts.ts";
import { AzapiProvider } from "./azapi.ts";
import {
  AzurermBackend,
  AzurermProvider,
  ResourceGroup,
  type TerraformElement,
  TerraformOutput,
  TerraformStack,
} from "./azurerm.ts";
import { Console } from "./console.ts";
import { DataLake } from "./data-lake.ts";
import { type SettingSources, type SettingValues, secretsReadBy } from "./environment.ts";
import { EventRouting } from "./event-routing.ts";
import { type Grant, grantsOf } from "./grants.ts";
import { Identity } from "./identity.ts";
import { Messaging } from "./messaging.ts";
import { namesOf } from "./names.ts";
import { Observability } from "./observability.ts";
import { Orchestration } from "./orchestration.ts";
import { type Outputs, outputsOf } from "./outputs.ts";
import { Secrets } from "./secrets.ts";
import { Serving } from "./serving.ts";
import { Spending } from "./spending.ts";
import { Training } from "./training.ts";
import { TimeProvider } from "./wait.ts";

/** One environment of Ratchet. */
export class RatchetStack extends TerraformStack {
  constructor(scope: Construct, configuration: Configuration, table: SettingsTable = settings) {
    super(scope, configuration.environment);
    const { subscription, tenant, state, tags } = configuration;
    const names = namesOf(configuration);

    new AzurermBackend(this, {
      resourceGroupName: state.resourceGroup,
      storageAccountName: state.storageAccount,
      containerName: state.container,
      key: `ratchet-${configuration.environment}.tfstate`,
      useAzureadAuth: true,
      subscriptionId: subscription,
      tenantId: tenant,
    });
    // Who Terraform is comes from its environment: ARM_USE_OIDC in a pipeline, `az login` at a desk.
    new AzurermProvider(this, "azurerm", {
      // With keys switched off the provider would be refused by the data plane, of which it manages nothing.
      // Application Insights makes alert rules by itself, which would keep the group from being destroyed.
      features: [
        {
          storage: [{ dataPlaneAvailable: false }],
          resourceGroup: [{ preventDeletionIfContainsResources: false }],
        },
      ],
      subscriptionId: subscription,
      tenantId: tenant,
      storageUseAzuread: true,
      resourceProviderRegistrations: "none",
    });
    new AzapiProvider(this, "azapi", { subscription, tenant });
    new TimeProvider(this, "time");

    const group = new ResourceGroup(this, "group", { name: names.resourceGroup, location: configuration.region, tags });
    const observability = new Observability(this, "observability", configuration, names, group);
    const identity = new Identity(this, "identity", configuration, names, group);
    const dataLake = new DataLake(this, "data-lake", configuration, names, group, observability);
    const messaging = new Messaging(this, "messaging", configuration, names, group, observability);
    const training = new Training(this, "training", configuration, names, { group, identity, dataLake, observability });
    const surroundings = { configuration, names, group, identity, observability };
    const values: SettingValues = {
      ServiceBus__fullyQualifiedNamespace: `${messaging.namespace.name}.servicebus.windows.net`,
      STORAGE_BLOB_ENDPOINT: `https://${dataLake.account.primaryBlobHost}`,
      EVENT_GRID_TOPIC_ENDPOINT: messaging.topic.endpoint,
      AZURE_RESOURCE_MANAGER_ENDPOINT: "https://management.azure.com",
      AZURE_SUBSCRIPTION_ID: subscription,
      AZURE_RESOURCE_GROUP: group.name,
      AZURE_ML_WORKSPACE: training.workspace.name,
      INFERENCE_AUDIENCE: audienceOf(configuration.serving.registration),
    };
    const secrets = services.some((service) => secretsReadBy(service, table).length > 0)
      ? new Secrets(this, "secrets", configuration, names, group, observability)
      : undefined;
    const sources: SettingSources = {
      table,
      infrastructure: values,
      configuration: configuration.settings,
      ...(secrets && { secretReference: (name: string) => secrets.reference(name) }),
    };
    const orchestration = new Orchestration(this, "orchestration", { ...surroundings, settings: sources });
    const console = new Console(this, "console", { ...surroundings, settings: sources });
    const serving = new Serving(this, "serving", surroundings);
    const eventRouting = new EventRouting(this, "event-routing", { ...surroundings, dataLake, messaging, training });

    const access = new Access(
      this,
      "access",
      grantsOf(configuration, table),
      new Map([...identity.principals, ...eventRouting.principals]),
      new Map(
        [observability, dataLake, messaging, training, orchestration, console, serving, secrets].flatMap(
          (part) => part?.scopes ?? [],
        ),
      ),
    );
    eventRouting.subscribe(access);
    // The workspace looks into its account and vault while it is made; what is in it is made as the workspace.
    const ofWorkspace = ({ principal }: Grant) => principal === "workspace";
    const around = (grant: Grant) => ofWorkspace(grant) && grant.scope !== "workspace";
    training.workspace.dependsOn = [addressOf(access.believed("believed-of-workspace", around))];
    const onItself = access.of((grant) => ofWorkspace(grant) && grant.scope === "workspace");
    for (const part of training.parts) part.dependsOn = onItself.map(addressOf);

    new Alerts(this, "alerts", { ...surroundings, messaging, eventRouting, training, serving });
    new Spending(this, "spending", { ...surroundings, training });
    this.#output(outputsOf(table), {
      ...values,
      RATCHET_EVENT_TOPIC: messaging.topic.name,
      RATCHET_CONSOLE_ENDPOINT: console.app.endpoint,
      RATCHET_INFERENCE_ENDPOINTS: JSON.stringify(
        Object.fromEntries(serving.apps.map(({ model, app }) => [model.name, app.endpoint])),
      ),
    });
  }

  #output(described: Readonly<Record<string, string>>, values: Outputs): void {
    for (const [name, description] of Object.entries(described))
      new TerraformOutput(this, name, { value: values[name as keyof Outputs], description, staticId: true });
  }

  /** Names in plan and state that a person can read: `messaging_train-model`, without cdktf's hash. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = element instanceof Node ? element : element.node;
    return node.path.split("/").slice(1).join("_");
  }
}
