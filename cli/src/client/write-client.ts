import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Caller } from "../deployment.ts";
import { clientSource, jsonSchemaOf } from "./client-source.ts";
import { describeModel } from "./describe-model.ts";

/** What was written, and of what. */
export interface WrittenClient {
  readonly model: string;
  readonly version: string;
  readonly endpoint: string;
  readonly files: readonly string[];
}

/**
 * Writes a typed client of a model, and JSON Schema of what it is asked, from what its endpoint says of itself.
 * @param caller who asks; nobody where it is left out.
 * @throws {WrongInputError} when the endpoint does not tell, or serves another model.
 */
export async function writeClient(
  endpoint: string,
  model: string,
  folder: string,
  caller?: Caller,
): Promise<WrittenClient> {
  const description = await describeModel(endpoint, model, caller);
  await mkdir(folder, { recursive: true });
  const files = [join(folder, `${model}.ts`), join(folder, `${model}.schema.json`)] as const;
  await writeFile(files[0], clientSource(description));
  await writeFile(files[1], `${JSON.stringify(jsonSchemaOf(description), null, 2)}\n`);
  return { model, version: description.version, endpoint, files };
}
