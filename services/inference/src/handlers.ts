import { createBudget } from "./http/budget.ts";
import { deflateAnswer, inflateBody } from "./http/encoding.ts";
import { type Answer, type Handler, type Incoming, json } from "./http/exchange.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { Stop } from "./model/batcher.ts";
import { openApi } from "./openapi/document.ts";
import type { Page } from "./page.ts";
import { releaseOf } from "./predict.ts";
import { headerLengthField } from "./protocol/binary.ts";
import { badRequest, InferenceError, unavailable } from "./protocol/errors.ts";
import type { ServedModel, Serving } from "./serving.ts";

const notReady = (serving: Exclude<Serving, { state: "ready" }>): string =>
  serving.state === "loading" ? "the model is being loaded" : serving.reason;

/** @throws {InferenceError} when no model is served (503). */
function served(serving: Serving): ServedModel {
  if (serving.state !== "ready") throw unavailable(notReady(serving));
  return serving.model;
}

/** The model that a path names, if it is the one served. */
function modelOf(serving: Serving, { model, version }: Readonly<Record<string, string>>): ServedModel {
  const { manifest } = served(serving);
  if (model !== manifest.model)
    throw new InferenceError(404, `there is no model ${model}; this server has ${manifest.model}`);
  if (version !== undefined && version !== manifest.version)
    throw new InferenceError(404, `${model} has no version ${version}; this server has ${manifest.version}`);
  return served(serving);
}

/** A model as the protocol tells it; how it is asked by name the protocol has no words for. */
const metadataOf = ({ manifest, inputs, outputs, named }: ServedModel): object => ({
  name: manifest.model,
  versions: [manifest.version],
  platform: "onnx_onnxv1",
  inputs,
  outputs,
  parameters: { code: manifest.code, onnx: manifest.onnx, release: releaseOf(manifest) },
  ...(named ? { rows: { ...named.rows, ...(named.classes ? { classes: named.classes } : {}) } } : {}),
});

/** @throws {InferenceError} when a body is said to be neither JSON nor JSON with tensors behind it (415). */
function checkContentType(request: Incoming): void {
  const said = request.header("content-type");
  if (said === undefined || said === "") return;
  const type = said.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type === "application/octet-stream" || /^application\/.+\+json$/.test(type))
    return;
  throw new InferenceError(
    415,
    `Content-Type is ${JSON.stringify(type)}; send application/json, or application/octet-stream with ${headerLengthField}`,
  );
}

/**
 * How many bytes a request says that it has; all that it may have where it does not say.
 * @throws {InferenceError} when that is no number (400).
 */
function announced(request: Incoming, most: number): number {
  const said = request.header("content-length");
  if (said === undefined) return request.header("transfer-encoding") === undefined ? 0 : most;
  if (!/^\d+$/.test(said)) throw badRequest(`Content-Length is ${JSON.stringify(said)}`);
  return Math.min(Number(said), most);
}

/** When a request need not be worked on any more. */
function stopAfter(request: Incoming, patience: number): Stop {
  const until = performance.now() + patience;
  return () => {
    if (request.gone?.()) return unavailable("the client is gone");
    return performance.now() > until ? unavailable(`it was not answered within ${patience / 1_000} s`) : undefined;
  };
}

interface HandlerOptions {
  /** As it stands; while the model is being loaded it may take a while. */
  readonly current: () => Promise<Serving>;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly page: Page;
  /** Of this server's code. */
  readonly version: string;
}

/** The answers of the Open Inference Protocol v2, by what they are about; each throws what is not to be answered with 200. */
export function createHandlers({ current, limits, metrics, page, version }: HandlerOptions) {
  const budget = createBudget(limits.bytesInFlight);

  async function predict(request: Incoming): Promise<Answer> {
    const model = modelOf(await current(), request.params);
    checkContentType(request);
    const stop = stopAfter(request, limits.patience);
    const giveBack = budget.take(announced(request, limits.bodyBytes));
    try {
      const body = await inflateBody(request, await request.body(limits.bodyBytes), limits.bodyBytes);
      const headerLength = request.header(headerLengthField.toLowerCase());
      const answer = await model.predict({ body, headerLength }, stop);
      metrics.predicted(answer.rows);
      return await deflateAnswer(request, { status: 200, headers: answer.headers, body: answer.body });
    } finally {
      giveBack();
    }
  }

  return {
    serverMetadata: () => json(200, { name: "ratchet-inference", version, extensions: ["binary_tensor_data"] }),

    live: () => json(200, { live: true }),

    ready: async () => {
      const serving = await current();
      if (serving.state === "ready") return json(200, { ready: true });
      return json(503, { ready: false, state: serving.state, error: notReady(serving) });
    },

    modelReady: async ({ params }) => {
      const { manifest } = modelOf(await current(), params);
      return json(200, { name: manifest.model, version: manifest.version, ready: true });
    },

    modelMetadata: async ({ params }) => json(200, metadataOf(modelOf(await current(), params))),

    infer: async (request) => {
      const started = performance.now();
      let status = 500;
      try {
        const answer = await predict(request);
        status = answer.status;
        return answer;
      } catch (error) {
        if (error instanceof InferenceError) status = error.status;
        throw error;
      } finally {
        metrics.answered(status, (performance.now() - started) / 1_000);
      }
    },

    openApi: async () => json(200, openApi(served(await current()), version)),

    page: () => page.file("index.html"),

    pageFile: async ({ params: { file = "" } }) =>
      file === "model.json" ? json(200, metadataOf(served(await current()))) : page.file(file),

    metrics: async () => ({
      status: 200,
      headers: { "Content-Type": metrics.contentType },
      body: await metrics.text({ bytesInFlight: budget.taken, serving: await current() }),
    }),
  } as const satisfies Record<string, Handler>;
}

export type Handlers = ReturnType<typeof createHandlers>;
