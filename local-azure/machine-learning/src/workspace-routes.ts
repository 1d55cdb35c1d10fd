import {
  ArmError,
  type ArmRequest,
  pageOf,
  type ResourceStore,
  type Route,
  resourceNotFound,
  route,
} from "@local-azure/resource-manager";
import { checkName, objects, propertiesOf, text, userError } from "./fields.ts";
import { idAt, providerNamespace, type Resource, resourceAt, type WorkspaceAddress, workspaceId } from "./workspace.ts";

const startedAt = new Date().toISOString();

/** The workspace itself, its computes (fixed when it was made) and its datastores. */
export function workspaceRoutes(
  workspace: WorkspaceAddress,
  computes: ReadonlyMap<string, number>,
  store: ResourceStore<Resource>,
): readonly Route[] {
  const own = workspaceResource(workspace);
  const compute = (name: string, concurrentJobs: number) => ({
    ...resourceAt(workspace, ["computes", name], computeProperties(concurrentJobs)),
    location: own.location,
  });
  const existing = (request: ArmRequest, path: readonly string[]): Resource => {
    const found = store.get(idAt(workspace, path));
    if (!found) throw resourceNotFound(request);
    return found;
  };
  return [
    route("GET", "workspaces", () => ({ status: 200, body: { value: [own] } })),
    route("GET", "workspaces/{workspace}", () => ({ status: 200, body: own })),
    route("GET", "workspaces/{workspace}/computes", () => ({
      status: 200,
      body: { value: [...computes].map(([name, count]) => compute(name, count)) },
    })),
    route("GET", "workspaces/{workspace}/computes/{compute}", (request, { compute: asked }) => {
      const found = [...computes].find(([name]) => name.toLowerCase() === asked.toLowerCase());
      if (!found) throw resourceNotFound(request);
      return { status: 200, body: compute(...found) };
    }),
    route("GET", "workspaces/{workspace}/datastores", (request) =>
      pageOf(request, (page) => store.list(idAt(workspace, ["datastores"]), page)),
    ),
    route("GET", "workspaces/{workspace}/datastores/{datastore}", (request, { datastore }) => ({
      status: 200,
      body: existing(request, ["datastores", datastore]),
    })),
    route("PUT", "workspaces/{workspace}/datastores/{datastore}", (request, { datastore }) => {
      checkName("a datastore", datastore);
      const properties = propertiesOf(request.body);
      if (properties["datastoreType"] !== "AzureBlob") {
        throw userError(
          `The datastore type '${String(properties["datastoreType"])}' is not served here; only 'AzureBlob' is.`,
        );
      }
      text(properties, "containerName");
      const previous = store.get(idAt(workspace, ["datastores", datastore]));
      const whole = { ...properties, isDefault: false, tags: objects(properties, "tags") };
      const resource = resourceAt(workspace, ["datastores", datastore], whole, previous);
      return { status: store.put(resource) === "created" ? 201 : 200, body: resource };
    }),
    route("DELETE", "workspaces/{workspace}/datastores/{datastore}", (_request, { datastore }) => ({
      status: store.delete(idAt(workspace, ["datastores", datastore])) ? 200 : 204,
    })),
  ];
}

/**
 * Refuses what is addressed to another workspace, group or subscription than this one.
 * @throws {ArmError} when it is: 404 that names what is not here.
 */
export function checkAddress(workspace: WorkspaceAddress, request: ArmRequest): void {
  const [type, name] = request.segments;
  if (type?.toLowerCase() !== "workspaces") return;
  const same = (asked: string | undefined, own: string) =>
    asked === undefined || asked.toLowerCase() === own.toLowerCase();
  if (!same(request.subscriptionId, workspace.subscriptionId)) {
    throw new ArmError(404, "SubscriptionNotFound", `The subscription '${request.subscriptionId}' could not be found.`);
  }
  if (!same(request.resourceGroup, workspace.resourceGroup)) {
    const message = `Resource group '${request.resourceGroup}' could not be found.`;
    throw new ArmError(404, "ResourceGroupNotFound", message);
  }
  if (!same(name, workspace.name)) throw resourceNotFound({ ...request, segments: request.segments.slice(0, 2) });
}

function workspaceResource(workspace: WorkspaceAddress) {
  return {
    id: workspaceId(workspace),
    name: workspace.name,
    type: `${providerNamespace}/workspaces`,
    location: workspace.location ?? "local",
    systemData: { createdAt: startedAt, createdBy: "local", createdByType: "Application" },
    properties: { friendlyName: workspace.name, provisioningState: "Succeeded" },
  };
}

function computeProperties(concurrentJobs: number) {
  return {
    computeType: "AmlCompute",
    provisioningState: "Succeeded",
    isAttachedCompute: false,
    properties: {
      vmSize: "local",
      osType: "Linux",
      vmPriority: "Dedicated",
      allocationState: "Steady",
      scaleSettings: { minNodeCount: 0, maxNodeCount: concurrentJobs },
    },
  };
}
