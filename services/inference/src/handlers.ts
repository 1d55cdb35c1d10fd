import { headerLengthField } from "./protocol/binary.ts";
import { InferenceError } from "./protocol/errors.ts";
import { parseInferRequest } from "./protocol/request.ts";
import { renderInferResponse } from "./protocol/response.ts";
import type { ServedModel, Serving } from "./serving.ts";

/** As much of a request as the handlers read. */
interface Request {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export type Handler = (request: Request) => Promise<Response>;

const json = (status: number, value: object): Response => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(value),
});

const notReady = (serving: Exclude<Serving, { state: "ready" }>): string =>
  serving.state === "loading" ? "the model is being loaded" : serving.reason;

/** Turns what a handler throws into the protocol's error answer. */
const answering =
  (handle: (request: Request) => Response | Promise<Response>): Handler =>
  async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof InferenceError) return json(error.status, { error: error.message });
      return json(500, { error: error instanceof Error ? error.message : String(error) });
    }
  };

/** The model that a path names, if it is the one served. */
function modelOf(serving: Serving, { model, version }: Readonly<Record<string, string>>): ServedModel {
  if (serving.state !== "ready") throw new InferenceError(503, notReady(serving));
  const { manifest } = serving.model;
  if (model !== manifest.model)
    throw new InferenceError(404, `there is no model ${model}; this server has ${manifest.model}`);
  if (version !== undefined && version !== manifest.version)
    throw new InferenceError(404, `${model} has no version ${version}; this server has ${manifest.version}`);
  return serving.model;
}

/** The answers of the Open Inference Protocol v2, by what they are about. */
export function createHandlers(current: () => Promise<Serving>, server: { readonly version: string }) {
  return {
    serverMetadata: answering(() =>
      json(200, { name: "ratchet-inference", version: server.version, extensions: ["binary_tensor_data"] }),
    ),

    live: answering(() => json(200, { live: true })),

    ready: answering(async () => {
      const serving = await current();
      if (serving.state === "ready") return json(200, { ready: true });
      return json(503, { ready: false, state: serving.state, error: notReady(serving) });
    }),

    modelReady: answering(async ({ params }) => {
      const { manifest } = modelOf(await current(), params);
      return json(200, { name: manifest.model, version: manifest.version, ready: true });
    }),

    modelMetadata: answering(async ({ params }) => {
      const { manifest, inputs, outputs } = modelOf(await current(), params);
      return json(200, {
        name: manifest.model,
        versions: [manifest.version],
        platform: "onnxruntime_onnx",
        inputs,
        outputs,
        parameters: { code: manifest.code, onnx: manifest.onnx },
      });
    }),

    infer: answering(async (request) => {
      const model = modelOf(await current(), request.params);
      const headerLength = request.headers.get(headerLengthField) ?? undefined;
      const parsed = parseInferRequest(new Uint8Array(await request.arrayBuffer()), headerLength, model);
      const results = await model.infer(parsed.inputs).catch((error: unknown) => {
        // The datatypes and shapes were right, so it is the values that this model cannot take.
        throw new InferenceError(400, `the model failed: ${error instanceof Error ? error.message : String(error)}`);
      });
      const { model: name, version } = model.manifest;
      return { status: 200, ...renderInferResponse(parsed, { name, version }, results) };
    }),
  } as const satisfies Record<string, Handler>;
}
