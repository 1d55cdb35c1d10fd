import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import {
  ApplicationInsights,
  LogAnalyticsWorkspace,
  MonitorActionGroup,
  MonitorDiagnosticSetting,
  type ResourceGroup,
} from "./azurerm.ts";
import type { Scope } from "./grants.ts";
import type { Names } from "./names.ts";

/** What a resource sends to Log Analytics. */
interface Diagnostics {
  /** Log categories; the group `allLogs` where nothing is said. */
  readonly logs?: readonly string[];
  /** `AllMetrics` where nothing is said. */
  readonly metrics?: string;
}

/** One place for logs, traces and metrics, and one for who is told. */
export class Observability extends Construct {
  readonly logs: LogAnalyticsWorkspace;
  readonly applicationInsights: ApplicationInsights;
  readonly actionGroup: MonitorActionGroup;

  constructor(
    scope: Construct,
    id: string,
    { observability, alerts, tags }: Configuration,
    names: Names,
    group: ResourceGroup,
  ) {
    super(scope, id);
    const place = { resourceGroupName: group.name, location: group.location, tags };
    this.logs = new LogAnalyticsWorkspace(this, "logs", {
      ...place,
      name: names.logs,
      sku: "PerGB2018",
      retentionInDays: observability.retentionDays,
      dailyQuotaGb: observability.dailyQuotaGb,
      localAuthenticationEnabled: false,
    });
    this.applicationInsights = new ApplicationInsights(this, "application-insights", {
      ...place,
      name: names.applicationInsights,
      applicationType: "web",
      workspaceId: this.logs.id,
      localAuthenticationDisabled: true,
    });
    this.actionGroup = new MonitorActionGroup(this, "action-group", {
      name: names.actionGroup,
      resourceGroupName: group.name,
      shortName: "ratchet",
      tags,
      emailReceiver: alerts.emails.map((emailAddress) => ({
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      })),
    });
  }

  /** Sends a resource's logs and metrics to Log Analytics. */
  diagnose(name: string, targetResourceId: string, { logs, metrics = "AllMetrics" }: Diagnostics = {}): void {
    new MonitorDiagnosticSetting(this, `diagnostics-${name}`, {
      name: "to-log-analytics",
      targetResourceId,
      logAnalyticsWorkspaceId: this.logs.id,
      enabledLog: logs ? logs.map((category) => ({ category })) : [{ categoryGroup: "allLogs" }],
      enabledMetric: [{ category: metrics }],
    });
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [["application-insights", this.applicationInsights.id]];
  }
}
