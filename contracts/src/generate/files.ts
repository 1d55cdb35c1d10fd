import { asyncApi } from "./async-api.ts";
import { contracts, definitionJsonSchema, messageSchema, verdictJsonSchema } from "./schemas.ts";

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The occasion of every golden sample: fixed, so that samples change only with the contract. */
const occasion = {
  source: "sample",
  time: new Date("2026-11-23T09:00:00.000Z"),
  cause: "0af7651916cd43dd8448eb211c80319c",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

/** Everything generated from the contracts: text by path below `contracts/`. */
export function generatedFiles(version: string): ReadonlyMap<string, string> {
  return new Map([
    ...contracts.map((contract) => [`generated/schemas/${contract.type}.json`, json(messageSchema(contract))] as const),
    ["generated/schemas/ratchet.yaml.json", json(definitionJsonSchema())],
    ["generated/schemas/verdict.json", json(verdictJsonSchema())],
    ["generated/asyncapi.json", json(asyncApi(version))],
    ...contracts.map(
      (contract) => [`golden/${contract.type}.json`, json(contract.build(contract.example, occasion))] as const,
    ),
  ]);
}
