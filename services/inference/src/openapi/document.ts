import type { ServedModel } from "../serving.ts";
import { predictionSchema, rowSchema, type Schema } from "./column-schema.ts";
import { tensorSchema } from "./tensor-schema.ts";

const object = (properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema => ({
  type: "object",
  properties,
  required,
});
const text: Schema = { type: "string" };
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const response = (description: string, schema: Schema) => ({
  description,
  headers: {
    "Ratchet-Model": { schema: text },
    "Ratchet-Model-Version": { schema: text },
    "Ratchet-Release": { schema: text },
  },
  content: { "application/json": { schema } },
});

const failure = (description: string) => response(description, ref("Error"));
const unknown = { "404": failure("There is no such model or version.") };
const unavailable = { "503": failure("The model is not loaded, or the request was not answered in time.") };

function inferRequest({ inputs, outputs }: ServedModel): Schema {
  const output = object({ name: { enum: outputs.map(({ name }) => name) }, parameters: { type: "object" } }, ["name"]);
  return object(
    {
      id: text,
      parameters: { type: "object" },
      inputs: {
        type: "array",
        prefixItems: inputs.map(tensorSchema),
        minItems: inputs.length,
        maxItems: inputs.length,
        description: "In any order.",
      },
      outputs: { type: "array", items: output },
    },
    ["inputs"],
  );
}

const answered: Readonly<Record<string, Schema>> = {
  model_name: text,
  model_version: text,
  parameters: object({ release: text }),
};

function answerOf(extra: Readonly<Record<string, Schema>>): Schema {
  const properties = { ...answered, id: text, ...extra };
  return {
    ...object(properties, [...Object.keys(answered), ...Object.keys(extra)]),
    additionalProperties: false,
  };
}

function schemasOf(model: ServedModel): Readonly<Record<string, Schema>> {
  const { named, outputs } = model;
  const tensors = {
    Error: object({ error: text }),
    InferRequest: inferRequest(model),
    InferAnswer: answerOf({
      outputs: {
        type: "array",
        items: outputs.length === 1 && outputs[0] ? tensorSchema(outputs[0]) : { anyOf: outputs.map(tensorSchema) },
      },
    }),
  };
  if (!named) return tensors;
  return {
    ...tensors,
    Row: rowSchema(named),
    Prediction: predictionSchema(named),
    RowsRequest: {
      ...object({ id: text, rows: { type: "array", items: ref("Row"), minItems: 1 } }, ["rows"]),
      additionalProperties: false,
    },
    RowsAnswer: answerOf({ predictions: { type: "array", items: ref("Prediction") } }),
  };
}

function inferOperation(named: boolean, operationId: string) {
  const oneOf = (names: readonly string[]): Schema => ({ oneOf: names.map(ref) });
  const requests = ["InferRequest", ...(named ? ["RowsRequest"] : [])];
  const answers = ["InferAnswer", ...(named ? ["RowsAnswer"] : [])];
  const binary = { schema: { type: "string", format: "binary" } };
  const answer = response("Predictions, in the order of the rows.", oneOf(answers));
  return {
    operationId,
    summary: named ? "Predicts for tensors, or for rows by name." : "Predicts for tensors.",
    description:
      "Bodies may be compressed (Content-Encoding: gzip, deflate, zstd). With the header Inference-Header-Content-Length tensors follow the JSON as bytes (binary_tensor_data).",
    requestBody: {
      required: true,
      content: { "application/json": { schema: oneOf(requests) }, "application/octet-stream": binary },
    },
    responses: {
      "200": { ...answer, content: { ...answer.content, "application/octet-stream": binary } },
      "400": failure("The request is not what the model takes; the error names what is wrong."),
      ...unknown,
      "413": failure("The request is larger than is taken at once."),
      "415": failure("The body's type or compression is not known here."),
      "429": failure("Others have all there is; Retry-After says when to come again."),
      ...unavailable,
    },
  };
}

/** An OpenAPI 3.1 document of what a server answers while it serves a model. */
export function openApi(model: ServedModel, version: string): object {
  const { manifest, named } = model;
  const get = (operationId: string, summary: string, schema: Schema, more: object = {}) => ({
    get: { operationId, summary, responses: { "200": response("It is so.", schema), ...more } },
  });
  const parameter = (name: string, value: string) => ({ name, in: "path", required: true, schema: { enum: [value] } });
  const modelParameter = parameter("model", manifest.model);
  const paths = (prefix: string, path: string, parameters: readonly object[]) => ({
    [path]: {
      parameters,
      ...get(`${prefix}Metadata`, "What it takes and gives.", ref("Metadata"), { ...unknown, ...unavailable }),
    },
    [`${path}/ready`]: {
      parameters,
      ...get(`${prefix}Ready`, "Whether it is ready.", object({ name: text, version: text, ready: { const: true } }), {
        ...unknown,
        ...unavailable,
      }),
    },
    [`${path}/infer`]: { parameters, post: inferOperation(named !== undefined, `${prefix}Infer`) },
  });
  const tensorMetadata = object({ name: text, datatype: text, shape: { type: "array", items: { type: "integer" } } });
  return {
    openapi: "3.1.0",
    info: {
      title: `${manifest.model}, by the Open Inference Protocol v2`,
      version: manifest.version,
      description: `Served by ratchet-inference ${version}.`,
    },
    paths: {
      "/v2": get(
        "serverMetadata",
        "The server and its extensions.",
        object({ name: text, version: text, extensions: { type: "array", items: text } }),
      ),
      "/v2/health/live": get("live", "Whether the server is alive.", object({ live: { const: true } })),
      "/v2/health/ready": get("ready", "Whether the model is loaded.", object({ ready: { const: true } }), {
        "503": failure("It is not, and why."),
      }),
      ...paths("model", "/v2/models/{model}", [modelParameter]),
      ...paths("modelVersion", "/v2/models/{model}/versions/{version}", [
        modelParameter,
        parameter("version", manifest.version),
      ]),
      "/metrics": {
        get: {
          operationId: "metrics",
          summary: "Metrics in Prometheus' text.",
          responses: { "200": { description: "Metrics.", content: { "text/plain": { schema: text } } } },
        },
      },
      "/openapi.json": get("openApi", "This document.", { type: "object" }, unavailable),
    },
    components: {
      schemas: {
        ...schemasOf(model),
        Metadata: object(
          {
            name: text,
            versions: { type: "array", items: text },
            platform: text,
            inputs: { type: "array", items: tensorMetadata },
            outputs: { type: "array", items: tensorMetadata },
            parameters: object({ code: text, onnx: text, release: text }),
            rows: { type: "object", description: "How it is asked by name." },
          },
          ["name", "versions", "platform", "inputs", "outputs", "parameters"],
        ),
      },
    },
  };
}
