import type { ArmRequest } from "@local-azure/resource-manager";
import { pageOf, type Route, resourceNotFound, route } from "@local-azure/resource-manager";
import { checkName } from "../fields.ts";
import type { Job, JobRecords } from "./job-records.ts";
import type { Jobs } from "./jobs.ts";

/** `workspaces/<name>/jobs`, as `@azure/arm-machinelearning`'s `jobs` operations call it. */
export function jobRoutes(records: JobRecords, jobs: Jobs): readonly Route[] {
  const existing = (request: ArmRequest, name: string): Job => {
    const job = records.get(name);
    if (!job) throw resourceNotFound(request);
    return job;
  };
  return [
    route("GET", "workspaces/{workspace}/jobs", (request) => {
      const fitting = records.list().filter((job) => isAskedFor(job, request.query));
      return pageOf(request, ({ skip, top }) => fitting.slice(skip, skip + top));
    }),
    route("GET", "workspaces/{workspace}/jobs/{job}", (request, { job }) => ({
      status: 200,
      body: existing(request, job),
    })),
    route("PUT", "workspaces/{workspace}/jobs/{job}", (request, { job: name }) => {
      checkName("a job", name);
      const { created, job } = jobs.put(name, request.body);
      return { status: created ? 201 : 200, body: job };
    }),
    route("DELETE", "workspaces/{workspace}/jobs/{job}", (_request, { job }) => ({
      status: jobs.delete(job) ? 200 : 204,
    })),
    route("POST", "workspaces/{workspace}/jobs/{job}/cancel", (request, { job }) => {
      const canceled = jobs.cancel(existing(request, job));
      return canceled ? request.startOperation(() => canceled.ended) : { status: 200 };
    }),
  ];
}

function isAskedFor({ properties }: Job, query: URLSearchParams): boolean {
  const type = query.get("jobType");
  const tag = query.get("tag");
  const view = query.get("listViewType") ?? "ActiveOnly";
  return (
    (type === null || type === properties.jobType) &&
    (tag === null || tag in properties.tags) &&
    (view === "All" || (view === "ArchivedOnly") === properties.isArchived)
  );
}
