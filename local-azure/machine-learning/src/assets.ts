import { isDeepStrictEqual } from "node:util";
import {
  type ArmRequest,
  pageOf,
  type ResourceStore,
  type Route,
  resourceNotFound,
  route,
} from "@local-azure/resource-manager";
import { checkName, type Fields, objects, propertiesOf, userError } from "./fields.ts";
import { idAt, type Resource, resourceAt, type WorkspaceAddress } from "./workspace.ts";

/** The kinds of versioned assets, with what a version must say: one of each group. */
const requiredProperties = {
  codes: [["codeUri"]],
  environments: [["image", "build"]],
  models: [["modelUri"]],
  data: [["dataUri"], ["dataType"]],
} as const satisfies Record<string, readonly (readonly string[])[]>;

type AssetKind = keyof typeof requiredProperties;
export const assetKinds = Object.keys(requiredProperties) as readonly AssetKind[];

const mutableFields = ["description", "isArchived", "properties", "stage", "tags"];

interface AssetVersion extends Resource {
  readonly kind: AssetKind;
  readonly asset: string;
}

/**
 * Containers and versions of one kind of asset. A version is made once: later calls may change what describes it, and
 * are refused where they differ in anything else.
 */
export function assetRoutes(
  kind: AssetKind,
  workspace: WorkspaceAddress,
  store: ResourceStore<Resource>,
  onCreated: (version: AssetVersion) => void,
): readonly Route[] {
  const get = (request: ArmRequest, path: readonly string[]): Resource => {
    const found = store.get(idAt(workspace, path));
    if (!found) throw resourceNotFound(request);
    return found;
  };
  const putContainer = (
    asset: string,
    changes: Fields,
  ): { readonly created: boolean; readonly container: Resource } => {
    checkName(`one of the ${kind}`, asset);
    const path = [kind, asset];
    const previous = store.get(idAt(workspace, path));
    const properties = {
      description: "",
      tags: {},
      properties: {},
      isArchived: false,
      ...previous?.properties,
      ...changes,
    };
    const container = resourceAt(workspace, path, properties, previous);
    store.put(container);
    return { created: !previous, container };
  };

  return [
    route("GET", `workspaces/{workspace}/${kind}`, (request) =>
      pageOf(request, (page) => store.list(idAt(workspace, [kind]), page)),
    ),
    route("GET", `workspaces/{workspace}/${kind}/{asset}`, (request, { asset }) => ({
      status: 200,
      body: get(request, [kind, asset]),
    })),
    route("PUT", `workspaces/{workspace}/${kind}/{asset}`, (request, { asset }) => {
      const { created, container } = putContainer(asset, propertiesOf(request.body));
      return { status: created ? 201 : 200, body: container };
    }),
    route("DELETE", `workspaces/{workspace}/${kind}/{asset}`, (_request, { asset }) => {
      const id = idAt(workspace, [kind, asset]);
      for (const version of store.list(`${id}/versions`)) store.delete(version.id);
      return { status: store.delete(id) ? 200 : 204 };
    }),
    route("GET", `workspaces/{workspace}/${kind}/{asset}/versions`, (request, { asset }) => {
      const container = get({ ...request, segments: request.segments.slice(0, -1) }, [kind, asset]);
      const versions = store.list(`${container.id}/versions`, { skip: 0, top: -1, newestFirst: true });
      const fitting = versions.filter((version) => hasTags(version, request.query.get("tags")));
      return pageOf(request, ({ skip, top }) => fitting.slice(skip, skip + top));
    }),
    route("GET", `workspaces/{workspace}/${kind}/{asset}/versions/{version}`, (request, { asset, version }) => ({
      status: 200,
      body: get(request, [kind, asset, "versions", version]),
    })),
    route("PUT", `workspaces/{workspace}/${kind}/{asset}/versions/{version}`, (request, { asset, version }) => {
      checkName(`one of the ${kind}`, asset);
      checkName("a version", version);
      const path = [kind, asset, "versions", version];
      const previous = store.get(idAt(workspace, path));
      const properties = versionProperties(kind, propertiesOf(request.body));
      if (previous) checkUnchanged(kind, previous.properties, properties);
      const resource = resourceAt(workspace, path, properties, previous);
      store.put(resource);
      if (previous) return { status: 200, body: resource };
      putContainer(asset, { latestVersion: version, ...nextVersion(version) });
      onCreated({ ...resource, kind, asset });
      return { status: 201, body: resource };
    }),
    route("DELETE", `workspaces/{workspace}/${kind}/{asset}/versions/{version}`, (_request, { asset, version }) => ({
      status: store.delete(idAt(workspace, [kind, asset, "versions", version])) ? 200 : 204,
    })),
  ];
}

function versionProperties(kind: AssetKind, given: Fields): Fields {
  for (const group of requiredProperties[kind]) {
    if (!group.some((name) => given[name]))
      throw userError(`'properties.${group.join("' or 'properties.")}' is required.`);
  }
  return {
    isAnonymous: false,
    ...given,
    description: given["description"] ?? "",
    isArchived: given["isArchived"] ?? false,
    properties: objects(given, "properties"),
    tags: objects(given, "tags"),
  };
}

function checkUnchanged(kind: AssetKind, before: Fields, after: Fields): void {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differing = [...names].filter(
    (name) => !mutableFields.includes(name) && !isDeepStrictEqual(before[name], after[name]),
  );
  if (differing.length === 0) return;
  throw userError(
    `A version of this name already exists in ${kind}, and its ${differing.join(", ")} cannot be changed. ` +
      `Only ${mutableFields.join(", ")} can be updated; use another version.`,
  );
}

/** Whether a version has every tag that is asked for: names, or names with values, `stage,run=r1`. */
function hasTags({ properties }: Resource, asked: string | null): boolean {
  const tags = objects(properties, "tags");
  return (asked ?? "")
    .split(",")
    .filter((tag) => tag !== "")
    .every((tag) => {
      const [name = "", ...value] = tag.split("=");
      return name in tags && (value.length === 0 || tags[name] === value.join("="));
    });
}

function nextVersion(version: string): { readonly nextVersion?: string } {
  return /^\d+$/.test(version) ? { nextVersion: String(Number(version) + 1) } : {};
}
