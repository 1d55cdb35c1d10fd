import type { Caller } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import type { ModelDescription } from "./client-source.ts";
import type { Schema } from "./schema-types.ts";

/** As much of an inference app's OpenAPI document as is read. */
interface Document {
  readonly info?: { readonly version?: unknown };
  readonly paths?: Readonly<
    Record<string, { readonly parameters?: readonly { readonly schema?: { readonly enum?: readonly unknown[] } }[] }>
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/**
 * Asks an endpoint which model it serves, and how that is asked.
 * @throws {WrongInputError} when it does not tell, or serves another model.
 * @throws {Error} when it does not answer.
 */
export async function describeModel(endpoint: string, model: string, caller?: Caller): Promise<ModelDescription> {
  const headers = (await caller?.callerHeaders()) ?? {};
  const response = await fetch(`${endpoint.replace(/\/$/, "")}/openapi.json`, { headers });
  if (response.status === 401 || response.status === 403)
    throw new WrongInputError(
      `${endpoint} does not let you in (${response.status}): the infrastructure's configuration says who may ask`,
    );
  if (!response.ok)
    throw new WrongInputError(
      `${endpoint} does not tell how it is asked (${response.status}); release today's inference code by \`ratchet release inference\``,
    );
  const { info, paths, components } = (await response.json()) as Document;
  const served = paths?.["/v2/models/{model}"]?.parameters?.[0]?.schema?.enum?.[0];
  if (served !== model) throw new WrongInputError(`${endpoint} serves ${String(served)}, not ${model}`);
  return { model, version: String(info?.version), schemas: components?.schemas ?? {} };
}
