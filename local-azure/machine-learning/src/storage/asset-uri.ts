import { userError } from "../fields.ts";

/** What the URI of an input, an output or an asset points at. */
type AssetUri =
  | { readonly kind: "datastore"; readonly datastore: string; readonly path: string }
  | { readonly kind: "job output"; readonly job: string; readonly output: string; readonly path: string }
  | { readonly kind: "data asset"; readonly name: string; readonly version: string }
  | { readonly kind: "blob"; readonly containerUrl: string; readonly path: string };

const datastorePattern =
  /^azureml:\/\/(?:subscriptions\/[^/]+\/resourcegroups\/[^/]+\/workspaces\/[^/]+\/)?datastores\/([^/]+)\/paths(?:\/(.*))?$/i;
const jobOutputPattern = /^azureml:\/\/jobs\/([^/]+)\/outputs\/([^/]+)(?:\/paths)?(?:\/(.*))?$/i;
const dataAssetPattern = /^azureml:(?!\/)(?:.*\/data\/)?([^/:]+)(?::|\/versions\/)([^/:]+)$/i;
/** Hosts whose URLs carry the account as the first segment of the path, as the storage SDK tells them. */
const pathStyleHostPattern = /^(localhost|host\.docker\.internal|\d+(\.\d+){3}|\[.*\])$/;

/**
 * Reads the forms of URI that Azure ML takes for blob storage; other storages are refused by name.
 * @throws {ArmError} when the URI has none of these forms: 400 that names them.
 */
export function parseAssetUri(uri: string): AssetUri {
  const datastore = datastorePattern.exec(uri);
  if (datastore?.[1]) return { kind: "datastore", datastore: datastore[1], path: trim(datastore[2]) };
  const output = jobOutputPattern.exec(uri);
  if (output?.[1] && output[2]) {
    return { kind: "job output", job: output[1], output: output[2], path: trim(output[3]) };
  }
  const asset = dataAssetPattern.exec(uri);
  if (asset?.[1] && asset[2]) return { kind: "data asset", name: asset[1], version: asset[2] };
  if (/^https?:\/\//i.test(uri) && URL.canParse(uri)) return parseBlobUrl(uri);
  throw userError(
    `The URI '${uri}' cannot be read: use azureml://datastores/<name>/paths/<path>, ` +
      "azureml://jobs/<job>/outputs/<output>, azureml:<data asset>:<version> or the https URL of a blob or folder.",
  );
}

function parseBlobUrl(uri: string): AssetUri {
  const url = new URL(uri);
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  const accountSegments = pathStyleHostPattern.test(url.hostname) ? 1 : 0;
  const root = segments.slice(0, accountSegments + 1);
  if (root.length <= accountSegments) throw userError(`The URI '${uri}' names no container.`);
  const path = segments.slice(accountSegments + 1).map(decodeURIComponent);
  return { kind: "blob", containerUrl: [url.origin, ...root].join("/"), path: path.join("/") };
}

function trim(path: string | undefined): string {
  return (path ?? "").replace(/^\/+|\/+$/g, "");
}
