import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { type Schema, typeOf, UnknownSchemaError } from "./schema-types.ts";
import { writeClient } from "./write-client.ts";

/** What an inference app says of a model, as its own tests hold it. */
const documents = new URL("../../../services/inference/fixtures/", import.meta.url);
const documentOf = (name: string) => readFile(new URL(`${name}.openapi.json`, documents), "utf8");

/** Serves a document, and answers whatever it is asked. */
let server: Server;
let url: string;
let document = "{}";
let asked: unknown;
let authorization: string | undefined;
let answer: { readonly status: number; readonly body: string } = { status: 200, body: "{}" };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-client-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  server = createServer(async (request, response) => {
    if (request.url === "/openapi.json") {
      response.writeHead(document === "" ? 404 : 200).end(document);
      return;
    }
    authorization = request.headers.authorization;
    asked = { path: request.url, body: JSON.parse(await text(request)) as unknown };
    response.writeHead(answer.status).end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const house = fileURLToPath(new URL("../../../", import.meta.url));
const compiler = join(house, "node_modules", ".bin", "tsc");

/** What the compiler says of a file that uses the client. */
async function compile(name: string, source: string): Promise<string> {
  await writeFile(join(folder, name), source);
  const strict = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--noUncheckedIndexedAccess",
    "--target",
    "es2024",
  ];
  const modules = ["--module", "nodenext", "--allowImportingTsExtensions", "--lib", "es2024,dom", "--types", ""];
  return promisify(execFile)(compiler, [...strict, ...modules, join(folder, name)]).then(
    () => "",
    (error: { readonly stdout: string }) => error.stdout,
  );
}

describe("the client of a model that is asked by rows", () => {
  beforeAll(async () => {
    document = await documentOf("penguins");
    const written = await writeClient(url, "penguins", folder);
    expect(written).toMatchObject({
      version: "7",
      files: [join(folder, "penguins.ts"), join(folder, "penguins.schema.json")],
    });
  });

  const use = (row: string, rest = "") => `import { createClient } from "./penguins.ts";
const [first] = await createClient("http://x").predict([${row}]);
${rest}
export {};
`;

  test("compiles by the strictest rules, and knows columns, categories and labels", async () => {
    const row = `{ island: "Dream", bill: 1, seen: "2024-01-01", mass: null, band: [1, null] }`;
    const rest = `const label: "Adelie" | "Chinstrap" | "Gentoo" | undefined = first?.label; void label;`;
    expect(await compile("right.ts", use(row, rest))).toBe("");
    const wrong = await compile("wrong.ts", use(`{ island: "Sylt", bill: "1" }`));
    expect(wrong).toMatch(/"Sylt"' is not assignable to type '"Biscoe" \| "Dream" \| "Torgersen"'/);
    expect(wrong).toMatch(/Type 'string' is not assignable to type 'number'/);
  });

  test("asks by rows, gives predictions, and throws what the model refuses with", async () => {
    const { createClient, ModelError } = (await import(pathToFileURL(join(folder, "penguins.ts")).href)) as {
      createClient: (
        endpoint: string,
        options?: { token: () => Promise<string> },
      ) => { predict(rows: readonly object[]): Promise<unknown> };
      ModelError: new () => Error;
    };
    const client = createClient(`${url}/`);
    answer = { status: 200, body: JSON.stringify({ predictions: [{ label: "Adelie" }] }) };
    expect(await client.predict([{ island: "Dream" }])).toEqual([{ label: "Adelie" }]);
    expect(asked).toEqual({ path: "/v2/models/penguins/infer", body: { rows: [{ island: "Dream" }] } });
    answer = { status: 400, body: JSON.stringify({ error: "row 0, column bill: is empty" }) };
    await expect(client.predict([{}])).rejects.toMatchObject({ status: 400, message: "row 0, column bill: is empty" });
    const tokens = ["first", "second"];
    const known = createClient(url, { token: async () => tokens.shift() ?? "none" });
    answer = { status: 200, body: JSON.stringify({ predictions: [] }) };
    for (const token of ["first", "second"]) {
      await known.predict([{}]);
      expect(authorization).toBe(`Bearer ${token}`);
    }
    answer = { status: 502, body: "<h1>Bad gateway</h1>" };
    await expect(client.predict([{}])).rejects.toThrow(ModelError);
  });

  test("comes with JSON Schema of a row", async () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const schema = JSON.parse(await readFile(join(folder, "penguins.schema.json"), "utf8")) as object;
    const validate = ajv.compile(schema);
    expect(validate({ island: "Dream", bill: 1, seen: "2024-01-01" })).toBe(true);
    expect(validate({ island: "Dream", bill: 101, seen: "2024-01-01" })).toBe(false);
  });
});

test("the client of a model that tells no columns is asked by tensors", async () => {
  document = await documentOf("digits");
  await writeClient(url, "digits", folder);
  const source = `import { createClient } from "./digits.ts";
const features = { name: "features", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] } as const;
const { outputs } = await createClient("http://x").infer({ inputs: [features] });
const name: "scores" | undefined = outputs[0]?.name;
void name;
`;
  expect(await compile("tensors.ts", source)).toBe("");
});

test("an endpoint that serves another model, or does not tell, is refused by name", async () => {
  document = await documentOf("digits");
  await expect(writeClient(url, "weather", folder)).rejects.toThrow(/serves digits, not weather/);
  document = "";
  await expect(writeClient(url, "weather", folder)).rejects.toThrow(WrongInputError);
});

describe("the type of a schema", () => {
  test.each<[Schema, string]>([
    [{ type: "array", items: { anyOf: [{ type: "number" }, { type: "null" }] } }, "readonly (number | null)[]"],
    [{ type: "array", items: { type: "array", items: { type: "string" } } }, "readonly (readonly string[])[]"],
    [{ type: ["number", "null"] }, "number | null"],
    [{ enum: ["a", 'b"c'] }, '"a" | "b\\"c"'],
    [{ type: "object", properties: { "a b": { type: "boolean" } } }, '{\n  readonly "a b"?: boolean;\n}'],
    [
      { type: "object", properties: { x: { type: "string", description: "ends */ here" } }, required: ["x"] },
      "{\n  /** ends * / here */\n  readonly x: string;\n}",
    ],
    [{}, "unknown"],
  ])("%j", (schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });

  test("is refused where it is not known", () => {
    expect(() => typeOf({ type: "tuple" })).toThrow(UnknownSchemaError);
  });
});
