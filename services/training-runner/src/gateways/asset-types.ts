import type { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";

/**
 * `@azure/arm-machinelearning` 2.1.1 describes the types of assets as kinds of `AssetJobInput` and `AssetJobOutput`, but
 * looks for them among the kinds of `JobInput` and `JobOutput`, and so sends a `uri_folder` without its `uri`; Azure
 * refuses such a job (https://github.com/Azure/azure-sdk-for-js/issues/29328). Names them in both places.
 */
export function nameAssetTypes(client: AzureMachineLearningWorkspaces): AzureMachineLearningWorkspaces {
  const send = client.sendOperationRequest.bind(client);
  client.sendOperationRequest = (args, specification) => {
    const mappers: Record<string, unknown> = specification.serializer.modelMappers["discriminators"] ?? {};
    for (const [name, mapper] of Object.entries(mappers)) {
      const kind = /^Asset(Job(?:In|Out)put\..+)$/.exec(name)?.[1];
      if (kind) mappers[kind] ??= mapper;
    }
    return send(args, specification);
  };
  return client;
}
