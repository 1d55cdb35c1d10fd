import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromFile, Parser } from "@asyncapi/parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { commands } from "../messages.ts";
import { eventTopic } from "../topology.ts";
import { generatedFiles } from "./files.ts";
import { contracts } from "./schemas.ts";

const root = join(import.meta.dirname, "../..");

function validatorOf(type: string) {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(root, `generated/schemas/${type}.json`), "utf8")));
}

const occasion = { source: "test", time: new Date(0), cause: "cause" };

describe("the generated files", () => {
  test.each([...generatedFiles(packageJson.version)])(
    "%s is as the code says (else run: pnpm generate)",
    async (path, text) => {
      expect(await readFile(join(root, path), "utf8")).toBe(text);
    },
  );

  test("hold an AsyncAPI document that its own parser accepts, with the topic and every queue that a command goes through", async () => {
    const { document, diagnostics } = await fromFile(new Parser(), join(root, "generated/asyncapi.json")).parse();
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    const channels = document?.channels().all();
    expect(channels?.map((channel) => channel.id()).sort()).toEqual(
      [...new Set([...commands.map(({ queue }) => queue as string), eventTopic])].sort(),
    );
  });
});

describe.each(contracts)("$type", (contract) => {
  const said = contract.build(contract.example, occasion);

  test("is sent as its published JSON Schema has it", () => {
    const validate = validatorOf(contract.type);
    expect(validate(said), JSON.stringify(validate.errors)).toBe(true);
  });

  test("is recognised and parsed by the code", () => {
    expect(contract.is(said)).toBe(true);
    expect(contract.parse(said).data).toEqual(said.data);
  });

  test("is still read, by the code and by its published schema, when a later producer adds fields", () => {
    const later = { ...said, comexampleextra: "1", data: { ...said.data, added: true } };
    expect(contract.parse(later).data).toEqual(said.data);
    expect(validatorOf(contract.type)(later)).toBe(true);
  });

  test("is not built with a misspelt field", () => {
    expect(() => contract.build({ ...said.data, modle: "digits" }, occasion)).toThrow(/modle/);
  });

  test("has the same id when it is said again because of the same cause, and another because of another", () => {
    const again = contract.build(said.data, { ...occasion, time: new Date(1) });
    expect(again.id).toBe(said.id);
    expect(contract.build(said.data, { ...occasion, cause: "another" }).id).not.toBe(said.id);
  });
});

test("every event says which services state it", () => {
  for (const { type, kind, statedBy } of contracts)
    expect(statedBy === undefined, `${type}: statedBy`).toBe(kind === "command");
});
