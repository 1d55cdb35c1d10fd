import { isDeepStrictEqual } from "node:util";
import type { ResourceStore } from "@local-azure/resource-manager";
import { type MachineLearningEvent, runCompleted, runStatusChanged } from "../events.ts";
import { userError } from "../fields.ts";
import { idAt, type Resource, resourceAt, type WorkspaceAddress } from "../workspace.ts";
import { hasEnded, type JobProperties, type JobStatus } from "./job.ts";
import type { JobEnd } from "./run-job.ts";

export type Job = Resource<JobProperties>;

/** What is known of each job, on disk before anybody is told. */
export interface JobRecords {
  get(name: string): Job | undefined;
  /** Newest first. */
  list(): readonly Job[];
  create(name: string, properties: JobProperties): Job;
  /**
   * Takes over what may change in an existing job.
   * @throws {ArmError} when anything else differs, as on Azure.
   */
  amend(job: Job, wanted: JobProperties): Job;
  advance(job: Job, status: JobStatus): void;
  end(job: Job, end: JobEnd): void;
  delete(name: string): boolean;
}

/** Azure refuses any other difference; tags and properties are merged, and cannot be taken away. */
const mutableFields = ["description", "displayName", "isArchived", "properties", "tags"];
/** Set by the service itself. */
const ownFields = ["services", "status"];

export function createJobRecords(
  workspace: WorkspaceAddress,
  store: ResourceStore<Job>,
  onEvent: (event: MachineLearningEvent) => void,
): JobRecords {
  const idOf = (name: string) => idAt(workspace, ["jobs", name]);
  const update = (job: Job, changes: Partial<JobProperties>): Job => {
    const next = resourceAt(workspace, ["jobs", job.name], { ...job.properties, ...changes }, job);
    store.put(next);
    return next;
  };
  const change = (job: Job, status: JobStatus, details: Readonly<Record<string, string>> = {}) => {
    const current = store.get(job.id) ?? job;
    // A job that was asked to cancel stays asked until it ends, whatever its process still goes through.
    if (current.properties.status === "CancelRequested" && !hasEnded(status)) return;
    const next = update(current, { status, properties: { ...current.properties.properties, ...details } });
    onEvent(runStatusChanged(workspace, next));
    if (status === "Completed") onEvent(runCompleted(workspace, next));
  };

  return {
    get: (name) => store.get(idOf(name)),
    list: () => store.list(idAt(workspace, ["jobs"]), { skip: 0, top: -1, newestFirst: true }),
    create(name, properties) {
      const job = resourceAt(workspace, ["jobs", name], properties);
      store.put(job);
      return job;
    },
    amend(job, wanted) {
      const differing = differences(job.properties, wanted);
      if (differing.length > 0) {
        throw userError(
          `A job with this name already exists. If you are trying to create a new job, use a different name. If you are ` +
            `trying to update an existing job, the existing job's ${differing.join(", ")} cannot be changed. ` +
            `Only ${mutableFields.join(", ")} can be updated.`,
        );
      }
      const { displayName, isArchived } = wanted;
      const tags = { ...job.properties.tags, ...wanted.tags };
      const properties = { ...job.properties.properties, ...wanted.properties };
      return update(job, { ...pick(wanted, "description"), displayName, isArchived, tags, properties });
    },
    advance: (job, status) => change(job, status),
    end(job, end) {
      const details: Record<string, string> =
        "code" in end ? { "error.code": end.code, "error.message": end.message } : {};
      change(job, end.status, details);
    },
    delete: (name) => store.delete(idOf(name)),
  };
}

function differences(existing: object, wanted: object): readonly string[] {
  const before = new Map<string, unknown>(Object.entries(existing));
  const after = new Map<string, unknown>(Object.entries(wanted));
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => {
    if (mutableFields.includes(name) || ownFields.includes(name)) return false;
    return !isDeepStrictEqual(before.get(name), after.get(name));
  });
}

function pick(wanted: JobProperties, name: string): Partial<JobProperties> {
  const value: unknown = new Map<string, unknown>(Object.entries(wanted)).get(name);
  return value === undefined ? {} : { [name]: value };
}
