/** Where a workspace stands in Azure's order of things, and the resources in it as Resource Manager shows them. */
export const providerNamespace = "Microsoft.MachineLearningServices";

export interface WorkspaceAddress {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location?: string;
}

export interface Resource<Properties = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly systemData: SystemData;
  readonly properties: Properties;
}

interface SystemData {
  readonly createdAt: string;
  readonly createdBy: string;
  readonly createdByType: "Application";
  readonly lastModifiedAt: string;
}

export function workspaceId({ subscriptionId, resourceGroup, name }: WorkspaceAddress): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${providerNamespace}/workspaces/${name}`;
}

/**
 * Builds a resource of the workspace from its path below it, alternating types and names:
 * `["models", "penguins", "versions", "7"]`.
 */
export function resourceAt<Properties>(
  workspace: WorkspaceAddress,
  path: readonly string[],
  properties: Properties,
  previous?: Resource<unknown>,
): Resource<Properties> {
  const now = new Date().toISOString();
  const types = path.filter((_segment, index) => index % 2 === 0);
  return {
    id: previous?.id ?? idAt(workspace, path),
    name: previous?.name ?? path.at(-1) ?? workspace.name,
    type: [providerNamespace, "workspaces", ...types].join("/"),
    systemData: {
      createdAt: previous?.systemData.createdAt ?? now,
      createdBy: "local",
      createdByType: "Application",
      lastModifiedAt: now,
    },
    properties,
  };
}

export function idAt(workspace: WorkspaceAddress, path: readonly string[]): string {
  return [workspaceId(workspace), ...path].join("/");
}
