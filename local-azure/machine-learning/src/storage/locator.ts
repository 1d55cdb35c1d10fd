import type { ResourceStore } from "@local-azure/resource-manager";
import { userError } from "../fields.ts";
import type { JobProperties } from "../jobs/job.ts";
import { idAt, type Resource, type WorkspaceAddress } from "../workspace.ts";
import { parseAssetUri } from "./asset-uri.ts";
import type { BlobLocation } from "./blob-folder.ts";

/** The container of the workspace's own artifacts: logs, and what a job leaves in `outputs/` and `logs/`. */
const artifactContainer = "azureml";
/** Where outputs go for which a job names no place. */
const defaultDatastore = "workspaceblobstore";

interface Locator {
  locate(uri: string): BlobLocation;
  codeLocation(codeId: string): BlobLocation;
  outputLocation(job: Resource<JobProperties>, output: string): BlobLocation;
  artifactLocation(job: string): BlobLocation;
}

/** Finds the blobs that a URI or an asset means, in a workspace whose own storage account answers at `blobEndpoint`. */
export function createLocator(
  workspace: WorkspaceAddress,
  store: ResourceStore<Resource>,
  jobNamed: (name: string) => Resource<JobProperties> | undefined,
  blobEndpoint: string,
): Locator {
  const inContainer = (container: string, path: string): BlobLocation => ({
    containerUrl: `${blobEndpoint.replace(/\/$/, "")}/${container}`,
    path,
  });
  const artifactLocation = (job: string) => inContainer(artifactContainer, `ExperimentRun/dcid.${job}`);

  const locate = (uri: string): BlobLocation => {
    const asset = parseAssetUri(uri);
    if (asset.kind === "blob") return asset;
    if (asset.kind === "datastore") {
      const datastore = store.get(idAt(workspace, ["datastores", asset.datastore]));
      if (!datastore) throw userError(`The datastore '${asset.datastore}' of '${uri}' does not exist.`);
      const { endpoint, accountName, containerName } = datastore.properties;
      // One that was made with no more than a container is in the workspace's account.
      if (!endpoint || !accountName) return inContainer(String(containerName), asset.path);
      return { containerUrl: `https://${endpoint}/${accountName}/${containerName}`, path: asset.path };
    }
    if (asset.kind === "data asset") {
      const version = store.get(idAt(workspace, ["data", asset.name, "versions", asset.version]));
      if (!version) throw userError(`The data asset of '${uri}' does not exist.`);
      return locate(String(version.properties["dataUri"]));
    }
    const job = jobNamed(asset.job);
    if (!job) throw userError(`The job '${asset.job}' of '${uri}' does not exist.`);
    const { containerUrl, path } = outputLocation(job, asset.output);
    return { containerUrl, path: [path, asset.path].filter((part) => part !== "").join("/") };
  };
  const outputLocation = (job: Resource<JobProperties>, output: string): BlobLocation => {
    const declared = job.properties.outputs[output];
    if (!declared && output === "artifacts") return artifactLocation(job.name);
    if (!declared) throw userError(`The job '${job.name}' has no output '${output}'.`);
    return locate(declared.uri ?? `azureml://datastores/${defaultDatastore}/paths/azureml/${job.name}/${output}`);
  };

  return {
    locate,
    outputLocation,
    artifactLocation,
    codeLocation(codeId) {
      const code = store.get(idAt(workspace, assetPath("codes", codeId)));
      if (!code) throw userError(`The code '${codeId}' does not exist; create the code version first.`);
      const location = locate(String(code.properties["codeUri"]));
      // No source says that a node can read one elsewhere as its cluster: take such code as an input, through a datastore.
      if (!location.containerUrl.startsWith(`${blobEndpoint.replace(/\/$/, "")}/`))
        throw userError(`The code '${codeId}' is outside of the workspace's own storage account.`);
      return location;
    },
  };
}

/**
 * The path below the workspace that an asset's id means: a resource id, or `azureml:<name>:<version>`.
 * @throws {ArmError} when it is neither: 400.
 */
export function assetPath(kind: string, id: string): readonly string[] {
  const short = /^azureml:([^/:]+):([^/:]+)$/.exec(id);
  const long = new RegExp(`/${kind}/([^/]+)/versions/([^/]+)$`, "i").exec(id);
  const [, name, version] = short ?? long ?? [];
  if (!name || !version) throw userError(`'${id}' is not the id of a version in ${kind}.`);
  return [kind, name, "versions", version];
}
