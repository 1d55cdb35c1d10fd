import { createHash } from "node:crypto";
import type { CommandJob, UriFileJobInput, UriFolderJobInput, UriFolderJobOutput } from "@azure/arm-machinelearning";
import {
  codeDatastore,
  type DatasetRef,
  type Definition,
  datasetsDatastore,
  doneFileName,
  isoDuration,
  outputsDatastore,
  paths,
  type Run,
  runLogName,
  runsDatastore,
} from "@ratchet/contracts";
import { distributionOf, placesOf } from "./distribution.ts";

/** What a job refers to: the digest of its code, and resource ids. */
export interface JobParts {
  readonly code: string;
  readonly environmentId: string;
  readonly computeId: string;
}

/** An Azure ML environment for a container image: the same image is the same version. */
export function environmentOf(image: string): { readonly name: string; readonly version: string } {
  const repository = image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  const name = repository.slice(repository.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9_-]/g, "-");
  return { name: `ratchet-${name}`, version: createHash("sha256").update(image).digest("hex").slice(0, 16) };
}

const inOutputs = (path: string) => `azureml://datastores/${outputsDatastore}/paths/${path}`;
const inRuns = (path: string) => `azureml://datastores/${runsDatastore}/paths/${path}`;
const inCode = (path: string) => `azureml://datastores/${codeDatastore}/paths/${path}`;
const inDatasets = (path: string) => `azureml://datastores/${datasetsDatastore}/paths/${path}`;

const folder = (uri: string): UriFolderJobInput => ({ jobInputType: "uri_folder", mode: "ReadOnlyMount", uri });
const file = (uri: string): UriFileJobInput => ({ jobInputType: "uri_file", mode: "ReadOnlyMount", uri });

const output = (path: string): UriFolderJobOutput => ({
  jobOutputType: "uri_folder",
  mode: "ReadWriteMount",
  uri: inOutputs(path),
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: ${{…}} is Azure ML's, which puts a path in its place.
/**
 * The user's command in a copy of its code, with its three folders, and around it what tells Ratchet of its end: the last of its output and,
 * whatever the exit code, `_DONE.json`, written last. The shell ends as the command has ended.
 */
function commandLine({ training }: Pick<Definition, "training">, { runId, warmStart }: Run): string {
  const from = warmStart ? "${{inputs.warm_start}}" : ".ratchet/no-warm-start";
  const { work, setUp, own, model, done, tearDown } = placesOf(training);
  const command = `${training.command.trim()} --train "$ratchet_train" --warm-start "${from}" --out "${model}"`;
  return [
    // Told to stop, at its limit or on request, the command ends as it likes, and its output is kept as ever.
    "trap : TERM",
    // The code is mounted, and nobody may write there.
    `mkdir -p ${work}`,
    `cp -R "\${{inputs.code}}/." ${work}`,
    `cd ${work}`,
    "chmod -R u+w .",
    ...setUp,
    `ratchet_train="$PWD/${own}/train"`,
    'mkdir -p .ratchet/no-warm-start "$ratchet_train"',
    // Of the files that are mounted, those of the run's data: by their names they are in the order of admission.
    'while read -r part; do n=$((n + 1)); ln -s "${{inputs.parts}}/$part" "$ratchet_train/$(printf %06d "$n").csv"; done < "${{inputs.list}}"',
    // In a subshell, so that an `exit` of the command's own is its end and not this line's.
    `{ trap : TERM; ( ${command} ); echo $? > ${own}/exit-code; } 2>&1 | ( trap '' TERM; tee ${own}/output.log )`,
    `code=$(cat ${own}/exit-code)`,
    `tail -c 65536 ${own}/output.log > "${done}/${runLogName}"`,
    `printf '{"runId":"%s","exitCode":%d}\\n' "${runId}" "$code" > "${done}/${doneFileName}"`,
    ...tearDown,
    "exit $code",
  ].join("; ");
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

/** What is written on a job: the first tells Ratchet's jobs from others. The number is the one meant when it was submitted. */
export const jobTags = {
  model: "ratchet-model",
  version: "ratchet-version",
  definition: "ratchet-definition",
  reason: "ratchet-reason",
} as const;

/** A run of which it is said what it trains on. */
type RunOnData = Run & { readonly dataset: DatasetRef };

/** The command job of a run. Its name is the run's id, so that submitting it twice is submitting it once. */
export function jobSpecification(run: RunOnData, definition: Definition, { code, ...ids }: JobParts): CommandJob {
  const { model, runId, version, dataset, warmStart, reason, definitionVersion } = run;
  return {
    jobType: "Command",
    experimentName: model,
    displayName: `${model} ${version}`,
    command: commandLine(definition, run),
    ...ids,
    ...distributionOf(definition.training),
    inputs: {
      // No code asset: no document says as whom a node reads one outside of the workspace's own account. A datastore without a
      // credential is read as the cluster (how-to-identity-based-service-authentication.md).
      code: folder(inCode(paths.codeSnapshot(code))),
      parts: folder(inDatasets(paths.datasetParts(model))),
      list: file(inDatasets(paths.datasetPartList(model, dataset.digest))),
      ...(warmStart ? { warm_start: folder(inRuns(paths.runModelFolder(warmStart.runId))) } : {}),
    },
    outputs: { model: output(paths.runModelFolder(runId)), done: output(paths.runDoneFolder(runId)) },
    limits: { jobLimitsType: "Command", timeout: isoDuration(definition.training.timeout) },
    environmentVariables: {
      // Without it, what a Python program prints into a pipe is not seen before it ends.
      PYTHONUNBUFFERED: "1",
      RATCHET_MODEL: model,
      RATCHET_RUN_ID: runId,
      ...definition.training.environmentVariables,
    },
    tags: {
      [jobTags.model]: model,
      [jobTags.version]: version,
      [jobTags.definition]: definitionVersion,
      [jobTags.reason]: reason,
    },
  };
}
