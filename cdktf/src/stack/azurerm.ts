/**
 * Every import of cdktf and of its azurerm provider, by resource and nowhere else: the provider's root loads 590 MB and
 * takes 8 s, and a move to another fork of cdktf is a change of names in this one file (docs/migrate.md).
 */

export { ApplicationInsights } from "@cdktf/provider-azurerm/lib/application-insights/index.js";
export { ConsumptionBudgetResourceGroup } from "@cdktf/provider-azurerm/lib/consumption-budget-resource-group/index.js";
export { ContainerRegistry } from "@cdktf/provider-azurerm/lib/container-registry/index.js";
export { EventgridEventSubscription } from "@cdktf/provider-azurerm/lib/eventgrid-event-subscription/index.js";
export { EventgridSystemTopic } from "@cdktf/provider-azurerm/lib/eventgrid-system-topic/index.js";
export { EventgridSystemTopicEventSubscription } from "@cdktf/provider-azurerm/lib/eventgrid-system-topic-event-subscription/index.js";
export { EventgridTopic } from "@cdktf/provider-azurerm/lib/eventgrid-topic/index.js";
export { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault/index.js";
export { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace/index.js";
export { MachineLearningComputeCluster } from "@cdktf/provider-azurerm/lib/machine-learning-compute-cluster/index.js";
export { MonitorActionGroup } from "@cdktf/provider-azurerm/lib/monitor-action-group/index.js";
export { MonitorActivityLogAlert } from "@cdktf/provider-azurerm/lib/monitor-activity-log-alert/index.js";
export { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js";
export { MonitorMetricAlert } from "@cdktf/provider-azurerm/lib/monitor-metric-alert/index.js";
export { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider/index.js";
export { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group/index.js";
export { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment/index.js";
export { ServicePlan } from "@cdktf/provider-azurerm/lib/service-plan/index.js";
export { ServicebusNamespace } from "@cdktf/provider-azurerm/lib/servicebus-namespace/index.js";
export { ServicebusQueue } from "@cdktf/provider-azurerm/lib/servicebus-queue/index.js";
export { StorageAccount } from "@cdktf/provider-azurerm/lib/storage-account/index.js";
export { StorageContainer } from "@cdktf/provider-azurerm/lib/storage-container/index.js";
export {
  StorageManagementPolicy,
  type StorageManagementPolicyRule,
} from "@cdktf/provider-azurerm/lib/storage-management-policy/index.js";
export { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity/index.js";
export {
  App,
  AzurermBackend,
  type TerraformElement,
  type TerraformMetaArguments,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from "cdktf";
