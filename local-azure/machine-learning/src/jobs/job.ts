import { parseDuration } from "../duration.ts";
import { type Fields, object, objects, optionalText, propertiesOf, text, texts, userError } from "../fields.ts";
import { placeholdersOf } from "./command.ts";
import { type Distributed, parseDistribution } from "./distribution.ts";

export type JobStatus =
  | "NotStarted"
  | "Starting"
  | "Preparing"
  | "Queued"
  | "Running"
  | "Finalizing"
  | "CancelRequested"
  | "Completed"
  | "Failed"
  | "Canceled";

type EndStatus = Extract<JobStatus, "Completed" | "Failed" | "Canceled">;

export interface JobInput {
  readonly jobInputType: string;
  readonly mode?: string;
  readonly uri?: string;
  readonly value?: string;
}

interface JobOutput {
  readonly jobOutputType: string;
  readonly mode?: string;
  readonly uri?: string;
}

/** A command job as this API shows it; what the client sent and is not read here stays in it untouched. */
export interface JobProperties extends Distributed {
  readonly jobType: "Command";
  readonly command: string;
  readonly codeId?: string;
  readonly environmentId: string;
  readonly computeId?: string;
  readonly experimentName: string;
  readonly displayName: string;
  readonly inputs: Readonly<Record<string, JobInput>>;
  readonly outputs: Readonly<Record<string, JobOutput>>;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly limits?: { readonly timeout?: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly isArchived: boolean;
  readonly status: JobStatus;
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$/;
const assetInputs = new Set(["uri_folder", "uri_file", "mltable", "custom_model", "mlflow_model", "triton_model"]);
const endStatuses: ReadonlySet<string> = new Set(["Completed", "Failed", "Canceled"] satisfies EndStatus[]);

export function hasEnded(status: JobStatus): status is EndStatus {
  return endStatuses.has(status);
}

/**
 * Reads the body of a PUT.
 * @throws {ArmError} when something in it is wrong: 400 that names it.
 */
export function parseJob(name: string, body: unknown): JobProperties {
  if (!namePattern.test(name)) {
    throw userError(
      `The job name '${name}' is not allowed: letters, digits, '-' and '_', at most 255, a letter or digit first.`,
    );
  }
  const fields = propertiesOf(body);
  if (fields["jobType"] !== "Command") {
    throw userError(`The job type '${String(fields["jobType"])}' is not run here; only 'Command' is.`);
  }
  const codeId = optionalText(fields, "codeId");
  const computeId = optionalText(fields, "computeId");
  const job: JobProperties = {
    ...parseDistribution(fields),
    jobType: "Command",
    command: text(fields, "command"),
    environmentId: text(fields, "environmentId"),
    ...(codeId ? { codeId } : {}),
    ...(computeId ? { computeId } : {}),
    experimentName: optionalText(fields, "experimentName") ?? "Default",
    displayName: optionalText(fields, "displayName") ?? name,
    inputs: mapOf(fields, "inputs", parseInput),
    outputs: mapOf(fields, "outputs", parseOutput),
    environmentVariables: texts(fields, "environmentVariables"),
    tags: texts(fields, "tags"),
    properties: texts(fields, "properties"),
    isArchived: fields["isArchived"] === true,
    status: "NotStarted",
  };
  checkTimeout(job);
  checkPlaceholders(job);
  return job;
}

function mapOf<Value>(fields: Fields, name: string, parse: (value: Fields, name: string) => Value) {
  return Object.fromEntries(
    Object.entries(objects(fields, name)).map(([key, value]) => {
      const where = `properties.${name}.${key}`;
      return [key, parse(object(value, where), where)];
    }),
  );
}

function parseInput(input: Fields, where: string): JobInput {
  const type = input["jobInputType"];
  if (type === "literal" && typeof input["value"] === "string") return input as unknown as JobInput;
  if (type === "literal") throw userError(`'${where}.value' must be a text.`);
  if (!assetInputs.has(String(type))) throw userError(`'${where}.jobInputType' is '${String(type)}', no known type.`);
  if (typeof input["uri"] !== "string" || input["uri"] === "") throw userError(`'${where}.uri' is required.`);
  return input as unknown as JobInput;
}

function parseOutput(output: Fields, where: string): JobOutput {
  if (typeof output["jobOutputType"] !== "string") throw userError(`'${where}.jobOutputType' is required.`);
  if (output["uri"] !== undefined && typeof output["uri"] !== "string")
    throw userError(`'${where}.uri' must be a text.`);
  return output as unknown as JobOutput;
}

function checkTimeout({ limits }: JobProperties): void {
  const timeout = limits?.timeout;
  if (timeout !== undefined && !parseDuration(timeout)) {
    throw userError(
      `'properties.limits.timeout' is '${timeout}'; an ISO 8601 duration over zero was expected, like PT1H.`,
    );
  }
}

function checkPlaceholders(job: JobProperties): void {
  for (const { expression, kind, name } of placeholdersOf(job.command)) {
    const known = kind === "inputs" ? job.inputs : kind === "outputs" ? job.outputs : undefined;
    if (!known)
      throw userError(
        `'${expression}' in the command is no binding; \${{inputs.<name>}} and \${{outputs.<name>}} are.`,
      );
    if (!(name in known)) {
      const declared = Object.keys(known).join(", ") || "none";
      throw userError(`'${expression}' in the command names none of the job's ${kind} (${declared}).`);
    }
  }
}
