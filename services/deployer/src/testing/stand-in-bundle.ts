import { build } from "esbuild";
import { zipSync } from "fflate";

/** How a stand-in for the inference app behaves. */
export type Behaviour =
  | "right"
  /** Says that it has failed. */
  | "never-ready"
  | "wrong-predictions"
  /** Predicts rightly in staging and wrongly in production. */
  | "wrong-in-production";

const source = `
import { readFileSync } from "node:fs";
import { app } from "@azure/functions";
const behaviour = BEHAVIOUR;
const { model, version, code, golden } = JSON.parse(readFileSync(__dirname + "/../model/release.json", "utf8"));
const wrong = behaviour === "wrong-predictions" || (behaviour === "wrong-in-production" && /production/i.test(process.env.WEBSITE_SLOT_NAME ?? ""));
const http = (name, method, route, handler) => app.http(name, { methods: [method], route, authLevel: "anonymous", handler });
http("ready", "GET", "v2/health/ready", async () =>
  behaviour === "never-ready"
    ? { status: 503, jsonBody: { ready: false, state: "failed", error: "its model is broken" } }
    : { jsonBody: { ready: true } });
http("metadata", "GET", "v2/models/" + model, async () => ({ jsonBody: { name: model, versions: [version], parameters: { code } } }));
http("infer", "POST", "v2/models/" + model + "/infer", async (request) => {
  const { inputs } = JSON.parse(await request.text());
  const data = golden.expected.flat().map((value) => (wrong ? value + 1 : value));
  return { jsonBody: { model_name: model, model_version: version, outputs: [{ name: golden.output, shape: inputs[0].shape, data }] } };
});
`;

/** An inference bundle that answers as the protocol has it, without ONNX Runtime's 45 MB. */
export async function standInBundle(behaviour: Behaviour, note = ""): Promise<Uint8Array> {
  const built = await build({
    stdin: { contents: source.replace("BEHAVIOUR", JSON.stringify(behaviour)), resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    external: ["@azure/functions-core"],
    logLevel: "error",
  });
  const text = (content: unknown) => Buffer.from(JSON.stringify(content));
  const entry = (bytes: Uint8Array): [Uint8Array, { mtime: Date }] => [bytes, { mtime: new Date(1980, 0, 1) }];
  return zipSync({
    "dist/functions.cjs": entry(built.outputFiles[0]?.contents ?? new Uint8Array()),
    "host.json": entry(text({ version: "2.0", extensions: { http: { routePrefix: "" } } })),
    "package.json": entry(text({ main: "dist/functions.cjs", note })),
  });
}
