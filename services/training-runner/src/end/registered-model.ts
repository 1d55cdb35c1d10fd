import { modelProperties, modelTags, paths, type Run, runsDatastore } from "@ratchet/contracts";
import type { RegisteredModel } from "../gateways/workspace.ts";
import { metricsOf } from "./run-log.ts";

/**
 * The model version that comes of a run, with its lineage: data, code, definition and warm start cannot be changed
 * afterwards; the tag of its run tells Ratchet's own models from those that others register.
 */
export function registeredModel(run: Run, log: string): RegisteredModel {
  const { model, version, runId, dataset, codeSha256, definitionVersion, warmStart } = run;
  const batches = dataset?.batches ?? run.batches?.length ?? 0;
  const metrics = Object.entries(metricsOf(log)).map(([name, value]) => [`metric-${name}`, value] as const);
  return {
    name: model,
    version,
    uri: `azureml://datastores/${runsDatastore}/paths/${paths.runModelFolder(runId)}`,
    runId,
    description: `Trained by Ratchet in ${runId} on ${batches} batches.`,
    properties: {
      [modelProperties.run]: runId,
      [modelProperties.dataset]: dataset?.digest ?? "unknown",
      [modelProperties.batches]: String(batches),
      [modelProperties.code]: codeSha256 ?? "unknown",
      [modelProperties.definition]: definitionVersion,
      [modelProperties.warmStart]: warmStart ? `${warmStart.version} (${warmStart.runId})` : "none",
    },
    tags: { [modelTags.run]: runId, ...Object.fromEntries(metrics) },
  };
}
