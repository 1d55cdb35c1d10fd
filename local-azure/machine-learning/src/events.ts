import { createHash, randomUUID } from "node:crypto";
import type { JobProperties } from "./jobs/job.ts";
import { providerNamespace, type Resource, type WorkspaceAddress, workspaceId } from "./workspace.ts";

/** What a workspace tells Event Grid, as CloudEvents 1.0. */
export interface MachineLearningEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly type: `${typeof providerNamespace}.${"RunStatusChanged" | "RunCompleted" | "ModelRegistered"}`;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: Readonly<Record<string, unknown>>;
}

type Job = Resource<JobProperties>;

/** Every change of a run's status; `runStatus` stands inside `data`, as in events captured from Azure. */
export function runStatusChanged(workspace: WorkspaceAddress, job: Job): MachineLearningEvent {
  return runEvent(workspace, job, "RunStatusChanged", { runStatus: job.properties.status });
}

/** A run that ended well; Azure does not raise it for a failed or cancelled one. */
export function runCompleted(workspace: WorkspaceAddress, job: Job): MachineLearningEvent {
  return runEvent(workspace, job, "RunCompleted", {});
}

export function modelRegistered(
  workspace: WorkspaceAddress,
  model: {
    readonly name: string;
    readonly version: string;
    readonly tags: unknown;
    readonly properties: unknown;
  },
): MachineLearningEvent {
  const { name, version, tags, properties } = model;
  return event(workspace, "ModelRegistered", `models/${name}:${version}`, {
    modelName: name,
    modelVersion: version,
    modelTags: tags,
    modelProperties: properties,
  });
}

function runEvent(
  workspace: WorkspaceAddress,
  job: Job,
  type: "RunStatusChanged" | "RunCompleted",
  more: Readonly<Record<string, unknown>>,
): MachineLearningEvent {
  const { experimentName, tags, properties } = job.properties;
  const experimentId = experimentIdOf(workspace, experimentName);
  return event(workspace, type, `experiments/${experimentId}/runs/${job.name}`, {
    experimentId,
    experimentName,
    runId: job.name,
    runType: "azureml.scriptrun",
    runTags: tags,
    runProperties: properties,
    ...more,
  });
}

function event(
  workspace: WorkspaceAddress,
  type: "RunStatusChanged" | "RunCompleted" | "ModelRegistered",
  subject: string,
  data: Readonly<Record<string, unknown>>,
): MachineLearningEvent {
  return {
    specversion: "1.0",
    id: randomUUID(),
    source: workspaceId(workspace),
    subject,
    type: `${providerNamespace}.${type}`,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    data,
  };
}

/** An experiment has no resource of its own in this API; its id is the same each time for the same name. */
function experimentIdOf(workspace: WorkspaceAddress, experimentName: string): string {
  const hex = createHash("sha256")
    .update(`${workspaceId(workspace)}/${experimentName}`.toLowerCase())
    .digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
