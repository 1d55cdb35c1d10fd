import type { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";

/**
 * `@azure/arm-machinelearning` 2.1.1 knows the types of assets only below `AssetJobInput` and `AssetJobOutput` but looks
 * for them below `JobInput` and `JobOutput`, and so sends a `uri_folder` without its `uri`; Azure refuses such a job,
 * and so does this workspace (https://github.com/Azure/azure-sdk-for-js/issues/29328). This names them in both places.
 */
export function withAssetTypes(client: AzureMachineLearningWorkspaces): AzureMachineLearningWorkspaces {
  const send = client.sendOperationRequest.bind(client);
  client.sendOperationRequest = (args, specification) => {
    const discriminators: Record<string, unknown> = specification.serializer.modelMappers["discriminators"] ?? {};
    for (const [name, mapper] of Object.entries(discriminators)) {
      const type = /^Asset(Job(?:In|Out)put\..+)$/.exec(name)?.[1];
      if (type) discriminators[type] ??= mapper;
    }
    return send(args, specification);
  };
  return client;
}
