import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { generate, type JsonSchema } from "json-schema-faker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everything } from "../testing/everything.ts";
import { classifierManifest } from "../testing/packages.ts";
import { penguins, penguinsManifest } from "../testing/penguins.ts";
import { type ServedPackage, servePackage } from "../testing/serve-package.ts";

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const packages = {
  digits: {},
  penguins: { manifest: penguinsManifest, onnx: penguins },
  everything: await everything(),
};

const served = new Map<string, ServedPackage>();
const documents = new Map<string, OpenApi>();
beforeAll(async () => {
  for (const [name, options] of Object.entries(packages)) {
    const server = await servePackage(options);
    served.set(name, server);
    documents.set(name, (await server.ask("openapi.json")).body as OpenApi);
  }
});
afterAll(async () => {
  for (const server of served.values()) await server[Symbol.asyncDispose]();
});

const serverOf = (name: string) => served.get(name) ?? expect.fail(`${name} is not served`);
const documentOf = (name: string) => documents.get(name) ?? expect.fail(`${name} has no document`);

const validators = new Map<string, (value: unknown) => string>();

function validatorOf(name: string, schema: object): (value: unknown) => string {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...schema, components: documentOf(name).components });
  return (value) => (validate(value) ? "" : ajv.errorsText(validate.errors));
}

/** Holds a value to a schema of a document; says what is wrong with it. */
function faultsOf(name: string, schema: object, value: unknown): string {
  const key = `${name} ${JSON.stringify(schema)}`;
  const validator = validators.get(key) ?? validatorOf(name, schema);
  validators.set(key, validator);
  return validator(value);
}

const pathOf = (path: string, name: string) => path.replace("{model}", name).replace("{version}", "7").slice(1);
const modelNames = Object.keys(packages);

describe.each(modelNames)("of %s", (name) => {
  test("each path answers as its document says, and has no other methods", async () => {
    for (const [path, { get, post }] of Object.entries(documentOf(name).paths)) {
      const { status, body, headers } = await serverOf(name).ask(pathOf(path, name));
      expect([path, status]).toEqual([path, get ? 200 : 405]);
      const type = headers.get("content-type")?.split(";")[0] ?? "";
      const schema = get?.responses["200"]?.content[type]?.schema;
      if (get)
        expect([path, faultsOf(name, schema ?? expect.fail(`${path} answers ${type}`), body)]).toEqual([path, ""]);
      const posted = await serverOf(name).ask(pathOf(path, name), { method: "POST", body: "" });
      expect([path, posted.status === 405]).toEqual([path, post === undefined]);
    }
  });
});

const json = { "Content-Type": "application/json" };
const ask = (name: string, request: unknown) =>
  serverOf(name).ask(`v2/models/${name}/infer`, { method: "POST", headers: json, body: JSON.stringify(request) });

const inferOf = (name: string) =>
  documentOf(name).paths["/v2/models/{model}/infer"]?.post ?? expect.fail(`${name} has no infer`);

/** Whether an answer is one that the document has; what is wrong where it is not. */
function undocumented(name: string, { status, body }: { readonly status: number; readonly body: unknown }): string {
  const schema = inferOf(name).responses[String(status)]?.content["application/json"]?.schema;
  return schema ? faultsOf(name, schema, body) : `${status} is not in the document`;
}

/** A value by a schema of a document. What makes it forgets now and then how few items an array may have: then the next. */
async function made(name: string, schema: object, seed: number): Promise<unknown> {
  for (let next = seed * 1_000; ; next += 1) {
    const { components } = documentOf(name);
    const options = { seed: next, optionalsProbability: 0.5 };
    const value = await generate({ ...schema, components } as JsonSchema, options);
    if (faultsOf(name, schema, value) === "") return value;
    if (next > seed * 1_000 + 500) throw new Error(`nothing fits ${JSON.stringify(schema)}`);
  }
}

const rowsRequest = { $ref: "#/components/schemas/RowsRequest" };

interface InferRequestSchema {
  readonly properties: { readonly inputs: { readonly prefixItems: readonly object[] } };
}

interface Input {
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

/** A schema cannot say that data are as many as a shape has: as many rows as there are values for. */
function agreeing<T extends Input>(input: T): T {
  const [, ...sizes] = input.shape;
  const width = sizes.reduce((product, size) => product * size, 1);
  const values = input.data.flat(Number.POSITIVE_INFINITY);
  const whole = [...values, ...new Array(width).fill(values[0])].slice(0, width);
  return { ...input, shape: [1, ...sizes], data: whole };
}

test("every row that the document allows is answered as it says", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const request = await made("penguins", rowsRequest, seed);
    const answer = await ask("penguins", request);
    expect([answer.status, answer.body, undocumented("penguins", answer)]).toEqual([200, answer.body, ""]);
  }
});

test.each(modelNames)("all tensors of %s that the document allows are answered as it says", async (name) => {
  const { properties } = documentOf(name).components.schemas["InferRequest"] as unknown as InferRequestSchema;
  for (let seed = 1; seed <= 15; seed += 1) {
    const inputs: Input[] = [];
    for (const schema of properties.inputs.prefixItems)
      inputs.push(agreeing((await made(name, schema, seed)) as Input));
    const answer = await ask(name, { inputs });
    expect([answer.status, answer.body, undocumented(name, answer)]).toEqual([200, answer.body, ""]);
  }
});

test("whatever else is asked is answered by what the document has for it", async () => {
  const sample = await made("penguins", rowsRequest, 1);
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, "", [], {}, 1e39));
  const changed = fc.tuple(fc.constantFrom("id", "rows", "inputs", "parameters"), odd);
  const requests = fc.oneof(
    fc.jsonValue(),
    changed.map(([key, value]) => ({ ...(sample as object), [key]: value })),
    odd.map((value) => ({ rows: [{ island: "Biscoe", bill: 1, seen: "2024-01-01", mass: value }] })),
  );
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      expect(undocumented("penguins", await ask("penguins", request))).toBe("");
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("a release that is not asked by name has no rows in its document", () => {
  expect(classifierManifest.signature.rows).toBeUndefined();
  expect(Object.keys(documentOf("digits").components.schemas)).not.toContain("Row");
});

test.each(["digits", "penguins"])(
  "the document of %s is the one that clients are written from in other tests",
  async (name) => {
    const written = `${JSON.stringify(documentOf(name), null, 2)}\n`;
    await expect(written).toMatchFileSnapshot(`../../fixtures/${name}.openapi.json`);
  },
);
