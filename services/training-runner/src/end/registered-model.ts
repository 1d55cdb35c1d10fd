import { modelProperties, modelTags, paths, type Run, runsDatastore } from "@ratchet/contracts";
import type { RegisteredModel } from "../gateways/workspace.ts";
import { metricsOf } from "./run-log.ts";

/** Azure ML takes values of properties up to 1,000 characters. */
const longestValue = 1000;

function listed(batches: readonly string[], { model, runId }: Run): string {
  const all = batches.join(",");
  return all.length <= longestValue ? all : `${batches.length} batches, listed in training/${paths.run(model, runId)}`;
}

/**
 * The model version that comes of a run, with its lineage: batches, code, definition and warm start cannot be changed
 * afterwards; the tag of its run tells Ratchet's own models from those that others register.
 */
export function registeredModel(run: Run, log: string): RegisteredModel {
  const { model, version, runId, batches, codeSha256, definitionVersion, warmStart } = run;
  const metrics = Object.entries(metricsOf(log)).map(([name, value]) => [`metric-${name}`, value] as const);
  return {
    name: model,
    version,
    uri: `azureml://datastores/${runsDatastore}/paths/${paths.runModelFolder(runId)}`,
    runId,
    description: `Trained by Ratchet in ${runId} on ${batches.length} batches.`,
    properties: {
      [modelProperties.run]: runId,
      [modelProperties.batches]: listed(batches, run),
      [modelProperties.code]: codeSha256 ?? "unknown",
      [modelProperties.definition]: definitionVersion,
      [modelProperties.warmStart]: warmStart ? `${warmStart.version} (${warmStart.runId})` : "none",
    },
    tags: { [modelTags.run]: runId, ...Object.fromEntries(metrics) },
  };
}
