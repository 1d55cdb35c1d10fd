import { documentKinds } from "../documents.ts";
import { asyncApi } from "./async-api.ts";
import { contracts, definitionJsonSchema, documentSchema, fileNameOf, messageSchema } from "./schemas.ts";

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Everything generated from the contracts as they are today: text by path below `contracts/`. */
export function generatedFiles(version: string): ReadonlyMap<string, string> {
  return new Map([
    ...contracts.map((contract) => [`generated/schemas/${contract.type}.json`, json(messageSchema(contract))] as const),
    ...documentKinds.map((kind) => [`generated/schemas/${fileNameOf(kind)}.json`, json(documentSchema(kind))] as const),
    ["generated/schemas/ratchet.yaml.json", json(definitionJsonSchema())],
    ["generated/asyncapi.json", json(asyncApi(version))],
  ]);
}
