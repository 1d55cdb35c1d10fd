import { Construct } from "constructs";
import type { ServedModel } from "../configuration/configuration.ts";
import { ServicePlan } from "./azurerm.ts";
import type { Scope } from "./grants.ts";
import { InferenceApp, type InferenceSurroundings } from "./inference-app.ts";

/** The plans that stay warm, and on them one function app with a staging slot for each model to serve. */
export class Serving extends Construct {
  readonly apps: readonly { readonly model: ServedModel; readonly app: InferenceApp }[];

  constructor(scope: Construct, id: string, surroundings: InferenceSurroundings) {
    super(scope, id);
    const { configuration, names, group } = surroundings;
    const { serving, tags } = configuration;
    const plans = new Map(
      Object.entries(serving.plans).map(([name, plan]) => [
        name,
        new ServicePlan(this, `plan-${name}`, {
          name: names.servicePlan(name),
          resourceGroupName: group.name,
          location: group.location,
          osType: "Linux",
          skuName: plan.sku,
          workerCount: plan.workers,
          zoneBalancingEnabled: plan.zoneRedundant,
          tags,
        }),
      ]),
    );
    this.apps = serving.models.map((model) => {
      const plan = plans.get(model.plan);
      if (!plan) throw new RangeError(`The model ${model.name} is to be served on ${model.plan}, which is no plan.`);
      return { model, app: new InferenceApp(this, model.name, model, plan, surroundings) };
    });
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return this.apps.flatMap(({ model, app }): [Scope, string][] => [
      [`inference-app:${model.name}`, app.site.id],
      [`host-account:inference:${model.name}`, app.account.id],
    ]);
  }
}
