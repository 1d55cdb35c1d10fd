import { queues } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import { MonitorActivityLogAlert, MonitorMetricAlert, type ResourceGroup } from "./azurerm.ts";
import type { EventRouting } from "./event-routing.ts";
import type { Messaging } from "./messaging.ts";
import type { Names } from "./names.ts";
import type { Observability } from "./observability.ts";
import type { Serving } from "./serving.ts";
import type { Training } from "./training.ts";

/** A metric that is above a threshold for a while. Windows and frequencies are those that Azure Monitor offers. */
interface MetricAlert {
  readonly description: string;
  readonly severity: 1 | 2 | 3;
  readonly scope: string;
  readonly namespace: string;
  readonly metric: string;
  readonly aggregation: "Average" | "Maximum" | "Minimum" | "Total";
  readonly above: number;
  readonly window: "PT5M" | "PT15M" | "PT1H" | "P1D";
  readonly frequency: "PT1M" | "PT5M" | "PT1H";
  /** Only these queues. */
  readonly queues?: readonly string[];
}

interface Watched {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly group: ResourceGroup;
  readonly messaging: Messaging;
  readonly eventRouting: EventRouting;
  readonly training: Training;
  readonly serving: Serving;
  readonly observability: Observability;
}

/** What people are told of. */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const { configuration, names, group, observability } = watched;
    const action = [{ actionGroupId: observability.actionGroup.id }];
    for (const [name, alert] of Object.entries(metricAlerts(watched)))
      new MonitorMetricAlert(this, name, {
        name: names.alert(name),
        resourceGroupName: group.name,
        scopes: [alert.scope],
        description: alert.description,
        severity: alert.severity,
        windowSize: alert.window,
        frequency: alert.frequency,
        autoMitigate: true,
        criteria: [
          {
            metricNamespace: alert.namespace,
            metricName: alert.metric,
            aggregation: alert.aggregation,
            operator: "GreaterThan",
            threshold: alert.above,
            ...(alert.queues && {
              dimension: [{ name: "EntityName", operator: "Include", values: [...alert.queues] }],
            }),
          },
        ],
        action,
        tags: configuration.tags,
      });
    new MonitorActivityLogAlert(this, "failed-swap", {
      name: names.alert("failed-swap"),
      resourceGroupName: group.name,
      location: "global",
      scopes: [group.id],
      description: "A slot swap failed: the old release is still in production. See the dead letters of deploy-model.",
      criteria: {
        category: "Administrative",
        operationName: "Microsoft.Web/sites/slots/slotsswap/action",
        statuses: ["Failed"],
      },
      action,
      tags: configuration.tags,
    });
  }
}

function metricAlerts(watched: Watched): Readonly<Record<string, MetricAlert>> {
  const { configuration, messaging, eventRouting, training, serving } = watched;
  const namespace = {
    scope: messaging.namespace.id,
    namespace: "Microsoft.ServiceBus/namespaces",
    queues: Object.keys(queues),
  };
  const undelivered = {
    description: "Event Grid gave up on an event: see the container event-dead-letters.",
    severity: 2,
    metric: "DeadLetteredCount",
    aggregation: "Total",
    above: 0,
    window: "PT15M",
    frequency: "PT5M",
  } as const;
  return {
    "dead-letters": {
      ...namespace,
      description: "A message could not be handled: `ratchet dead-letters` shows why, `ratchet replay` tries again.",
      severity: 2,
      metric: "DeadletteredMessages",
      aggregation: "Maximum",
      above: 0,
      window: "PT5M",
      frequency: "PT1M",
    },
    "old-dead-letters": {
      ...namespace,
      description: "A dead-letter queue has not been empty for a day: nobody has looked.",
      severity: 1,
      metric: "DeadletteredMessages",
      aggregation: "Minimum",
      above: 0,
      window: "P1D",
      frequency: "PT1H",
    },
    "old-messages": {
      ...namespace,
      description: "A queue has not been empty for an hour: its service does not keep up, or does not run.",
      severity: 2,
      metric: "ActiveMessages",
      aggregation: "Minimum",
      above: 0,
      window: "PT1H",
      frequency: "PT5M",
    },
    "undelivered-blob-events": {
      ...undelivered,
      scope: eventRouting.topics.storage.id,
      namespace: "Microsoft.EventGrid/systemTopics",
    },
    "undelivered-run-events": {
      ...undelivered,
      scope: eventRouting.topics["machine-learning"].id,
      namespace: "Microsoft.EventGrid/systemTopics",
    },
    "undelivered-ratchet-events": {
      ...undelivered,
      scope: messaging.topic.id,
      namespace: "Microsoft.EventGrid/topics",
    },
    "failed-runs": {
      description: "A training run failed: its log is in the workspace.",
      severity: 3,
      scope: training.workspace.id,
      namespace: "Microsoft.MachineLearningServices/workspaces",
      metric: "Failed Runs",
      aggregation: "Total",
      above: 0,
      window: "PT15M",
      frequency: "PT5M",
    },
    ...Object.fromEntries(
      serving.apps.flatMap(({ model, app }) => [
        [
          `inference-errors-${model.name}`,
          {
            ...inference,
            scope: app.site.id,
            description: `${model.name} answers with errors; \`ratchet rollback ${model.name}\` brings the last release back.`,
            severity: 1,
            metric: "Http5xx",
            aggregation: "Total",
            above: configuration.alerts.inferenceErrors,
          } satisfies MetricAlert,
        ],
        [
          `inference-latency-${model.name}`,
          {
            ...inference,
            scope: app.site.id,
            description: `${model.name} answers slowly.`,
            severity: 2,
            metric: "HttpResponseTime",
            aggregation: "Average",
            above: configuration.alerts.inferenceLatencySeconds,
          } satisfies MetricAlert,
        ],
      ]),
    ),
  };
}

const inference = { namespace: "Microsoft.Web/sites", window: "PT5M", frequency: "PT1M" } as const;
