import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import { ConsumptionBudgetResourceGroup, type ResourceGroup } from "./azurerm.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";
import type { Training } from "./training.ts";

interface Surroundings {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly group: ResourceGroup;
  readonly observability: Observability;
  readonly training: Training;
}

/** Budgets of the whole environment and of training alone: told of at 80 %, at 100 %, and when 100 % is foreseen. */
export class Spending extends Construct {
  constructor(scope: Construct, id: string, { configuration, names, group, observability, training }: Surroundings) {
    super(scope, id);
    const { budget } = configuration;
    const contactGroups = [observability.actionGroup.id];
    const common = {
      resourceGroupId: group.id,
      timeGrain: "Monthly",
      timePeriod: { startDate: `${budget.startsOn}T00:00:00Z` },
      notification: [
        { operator: "GreaterThan", threshold: 80, thresholdType: "Actual", contactGroups },
        { operator: "GreaterThan", threshold: 100, thresholdType: "Actual", contactGroups },
        { operator: "GreaterThan", threshold: 100, thresholdType: "Forecasted", contactGroups },
      ],
    };
    new ConsumptionBudgetResourceGroup(this, "everything", {
      ...common,
      name: names.budget("everything"),
      amount: budget.monthly,
    });
    new ConsumptionBudgetResourceGroup(this, "training", {
      ...common,
      name: names.budget("training"),
      amount: budget.training,
      // Azure books the nodes of a cluster to its workspace.
      filter: { dimension: [{ name: "ResourceId", operator: "In", values: [training.workspace.id] }] },
    });
  }
}
