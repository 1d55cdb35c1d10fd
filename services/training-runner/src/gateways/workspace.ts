import {
  AzureMachineLearningWorkspaces,
  type CommandJob,
  type JobBase,
  type ModelVersion,
} from "@azure/arm-machinelearning";
import type { TokenCredential } from "@azure/identity";
import { managementScope, modelProperties, modelTags, parseIsoDuration } from "@ratchet/contracts";
import type { JobView } from "../end/conclude.ts";
import { jobTags } from "../start/job-specification.ts";
import { nameAssetTypes } from "./asset-types.ts";
import { isOver } from "./job-status.ts";
import { hasStatus, orUndefined } from "./status.ts";

/** Where the workspace is. */
export interface WorkspaceAddress {
  readonly resourceManager: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** A model version to register. */
export interface RegisteredModel {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
  readonly runId: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** An Azure ML workspace. Everything that is put there is put once: what is there already stays, and is no error. */
export interface Workspace {
  /**
   * @returns the resource id.
   * @throws {TypeError} when the workspace gives none.
   */
  putEnvironment(name: string, version: string, image: string): Promise<string>;
  computeId(name: string): string;
  putJob(runId: string, job: CommandJob): Promise<JobView>;
  /** Undefined where there is no such job. */
  job(runId: string): Promise<JobView | undefined>;
  /** Asks a job to stop and does not wait for it. A job that has ended, or that there is none of, is let be. */
  cancel(runId: string): Promise<void>;
  /** The names of the jobs of Ratchet's that have not ended, among the newest thousand. */
  activeJobs(): Promise<readonly string[]>;
  /**
   * Registers a model version, and reads back whose the number is.
   * @returns the run that the registered version is of; undefined where it is none of Ratchet's.
   */
  putModel(model: RegisteredModel): Promise<string | undefined>;
  /** The number that the registry would give to the next version of a model. */
  nextModelVersion(model: string): Promise<number>;
  /** The version of a model that is registered as a run's; undefined where there is none. */
  modelVersionOf(model: string, runId: string): Promise<string | undefined>;
}

/** Puts what is not there yet. Who comes second, in whichever way that shows, finds it there. */
async function putOnce<T>(get: () => Promise<T>, put: () => Promise<T>): Promise<T> {
  const there = await orUndefined(get());
  if (there) return there;
  try {
    return await put();
  } catch (error) {
    const meanwhile = hasStatus(error, 409) || hasStatus(error, 400) ? await orUndefined(get()) : undefined;
    if (meanwhile) return meanwhile;
    throw error;
  }
}

function errorOf(properties: JobBase["properties"]["properties"]): string | undefined {
  const entries = Object.entries(properties ?? {});
  return entries.find(([name, value]) => value && /^error(\.|_)?message$/i.test(name))?.[1] ?? undefined;
}

function viewOf({ properties }: JobBase): JobView {
  const timeout = "limits" in properties ? properties.limits?.timeout : undefined;
  return {
    status: properties.status ?? "Unknown",
    timeout: timeout === undefined ? undefined : parseIsoDuration(timeout),
    error: errorOf(properties.properties),
    studioUrl: properties.services?.["Studio"]?.endpoint,
  };
}

/** The run that a registered version is of: by its tag, or by its property, which nobody can change. */
const runOf = ({ properties: { tags, properties } }: ModelVersion): string | undefined =>
  tags?.[modelTags.run] ?? properties?.[modelProperties.run] ?? undefined;

/** A version as a number; 0 where it is none: others may name theirs as they like. */
const numberOf = (version: string | undefined): number =>
  version !== undefined && /^\d{1,15}$/.test(version) ? Number(version) : 0;

/** How many jobs are looked through for those that have not ended; the newest come first. */
const mostJobs = 1000;

/** Opens a workspace. Nothing is contacted before it is needed. */
export function openWorkspace(address: WorkspaceAddress, credential: TokenCredential): Workspace {
  const { resourceManager, subscriptionId, resourceGroup, name } = address;
  const client = nameAssetTypes(
    new AzureMachineLearningWorkspaces(credential, subscriptionId, {
      endpoint: resourceManager,
      // By default the scope is the endpoint, which the management audience is not in every cloud.
      credentialScopes: managementScope,
    }),
  );
  const here = [resourceGroup, name] as const;
  const idOf = ({ id }: { readonly id?: string }, what: string): string => {
    if (!id) throw new TypeError(`the workspace ${name} gave no id for ${what}`);
    return id;
  };
  const isEnding = async (runId: string): Promise<boolean> => {
    const status = (await orUndefined(client.jobs.get(...here, runId)))?.properties.status ?? "";
    return isOver(status) || status === "CancelRequested";
  };
  return {
    async putEnvironment(environment, version, image) {
      const { environmentVersions } = client;
      const properties = { image, osType: "Linux" } as const;
      const put = () => environmentVersions.createOrUpdate(...here, environment, version, { properties });
      const get = () => environmentVersions.get(...here, environment, version);
      return idOf(await putOnce(get, put), `the environment ${environment}:${version}`);
    },
    computeId: (compute) =>
      `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${name}/computes/${compute}`,
    async putJob(runId, properties) {
      const put = () => client.jobs.createOrUpdate(...here, runId, { properties });
      return viewOf(await putOnce(() => client.jobs.get(...here, runId), put));
    },
    async job(runId) {
      const job = await orUndefined(client.jobs.get(...here, runId));
      return job && viewOf(job);
    },
    async cancel(runId) {
      // Begun and not waited for: the job's end is learned as any other.
      try {
        await orUndefined(client.jobs.beginCancel(...here, runId));
      } catch (error) {
        // The SDK looks at the operation once, and that is where a role on the workspace does not reach: the job says
        // whether it was asked to stop.
        if (!hasStatus(error, 403) || !(await isEnding(runId))) throw error;
      }
    },
    async activeJobs() {
      const active: string[] = [];
      let seen = 0;
      for await (const { name: runId = "", properties } of client.jobs.list(...here, { tag: jobTags.model })) {
        if (!isOver(properties.status ?? "")) active.push(runId);
        seen += 1;
        if (seen === mostJobs) break;
      }
      return active;
    },
    async putModel({ name: model, version, uri, runId, description, properties, tags }) {
      const { modelVersions } = client;
      const body = { modelType: "custom_model", modelUri: uri, jobName: runId, description };
      const get = () => modelVersions.get(...here, model, version);
      const put = () =>
        modelVersions.createOrUpdate(...here, model, version, {
          properties: { ...body, properties: { ...properties }, tags: { ...tags } },
        });
      await putOnce(get, put);
      return runOf(await get());
    },
    async nextModelVersion(model) {
      const container = await orUndefined(client.modelContainers.get(...here, model));
      const { nextVersion, latestVersion } = container?.properties ?? {};
      return Math.max(1, numberOf(nextVersion), numberOf(latestVersion) + 1);
    },
    async modelVersionOf(model, runId) {
      const find = async () => {
        for await (const version of client.modelVersions.list(...here, model, { tags: `${modelTags.run}=${runId}` }))
          if (runOf(version) === runId) return version.name;
        return undefined;
      };
      // A model of which there is no version at all is not found, rather than an empty list.
      return orUndefined(find());
    },
  };
}
