import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromFile, Parser } from "@asyncapi/parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { generatedFiles } from "./files.ts";
import { contracts } from "./schemas.ts";

const root = join(import.meta.dirname, "../..");
const load = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

function validatorOf(type: string) {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(load(`generated/schemas/${type}.json`));
}

describe("the generated files", () => {
  test.each([...generatedFiles(packageJson.version)])(
    "%s is as the code says (else run: pnpm generate)",
    async (path, text) => {
      expect(await readFile(join(root, path), "utf8")).toBe(text);
    },
  );

  test("hold an AsyncAPI document that its own parser accepts", async () => {
    const { document, diagnostics } = await fromFile(new Parser(), join(root, "generated/asyncapi.json")).parse();
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    expect(document?.channels().all()).toHaveLength(6);
  });
});

describe.each(contracts)("the golden sample of $type", (contract) => {
  const sample = load(`golden/${contract.type}.json`);

  test("keeps its published JSON Schema", () => {
    const validate = validatorOf(contract.type);
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true);
  });

  test("is recognised and parsed by the code", () => {
    expect(contract.is(sample)).toBe(true);
    expect(contract.parse(sample).data).toEqual(sample.data);
  });

  test("is still read when a later producer adds fields", () => {
    const later = { ...sample, comexampleextra: "1", data: { ...sample.data, added: true } };
    expect(contract.parse(later).data).toEqual(sample.data);
  });

  test("is refused by the closed schema with a misspelt field", () => {
    expect(validatorOf(contract.type)({ ...sample, data: { ...sample.data, modle: "digits" } })).toBe(false);
    expect(() => contract.build({ ...sample.data, modle: "digits" }, occasion)).toThrow(/modle/);
  });

  test("has the same id when it is said again because of the same cause, and another because of another", () => {
    const again = contract.build(sample.data, occasion);
    expect(contract.build(sample.data, { ...occasion, time: new Date(1) }).id).toBe(again.id);
    expect(contract.build(sample.data, { ...occasion, cause: "another" }).id).not.toBe(again.id);
  });
});

const occasion = { source: "test", time: new Date(0), cause: "cause" };
