import { declaration, type Schema } from "./schema-types.ts";

/** What an inference app tells of the model that it serves, by OpenAPI. */
export interface ModelDescription {
  readonly model: string;
  readonly version: string;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** Whether the model is asked by rows, and by tensors where not. */
const isNamed = ({ schemas }: ModelDescription): boolean => schemas["RowsRequest"] !== undefined;

const schemaNames = (description: ModelDescription): readonly string[] =>
  isNamed(description) ? ["Row", "Prediction", "RowsAnswer"] : ["InferRequest", "InferAnswer"];

/** What stands for every model alike. */
const common = `/** The model refused, or could not answer; \`status\` is that of HTTP. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Options {
  /** Gives a token that says who asks, such as one of Entra's for the endpoint; asked for each request. */
  readonly token?: () => string | Promise<string>;
  /** Further headers for each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for an answer, in milliseconds; 30 s where nothing is said. */
  readonly timeout?: number;
  readonly fetch?: typeof fetch;
}

async function ask<Answer>(url: string, request: unknown, options: Options): Promise<Answer> {
  const token = await options.token?.();
  const authorization = token === undefined ? {} : { Authorization: \`Bearer \${token}\` };
  const response = await (options.fetch ?? fetch)(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...authorization, ...options.headers },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(options.timeout ?? 30_000),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as Answer;
  let message = text;
  try {
    message = (JSON.parse(text) as { readonly error: string }).error;
  } catch {
    // Something between here and the model has answered in its own words.
  }
  throw new ModelError(response.status, message);
}
`;

const byRows = (model: string) => `
/**
 * A client of ${model}.
 * @param endpoint where it is served, such as \`https://inference.example\`.
 */
export function createClient(endpoint: string, options: Options = {}) {
  const url = \`\${endpoint.replace(/\\/$/, "")}/v2/models/${model}/infer\`;
  return {
    /**
     * Predicts for some rows, in their order.
     * @throws {ModelError} when a row does not fit, or the model cannot answer.
     */
    async predict(rows: readonly Row[]): Promise<readonly Prediction[]> {
      return (await ask<RowsAnswer>(url, { rows }, options)).predictions;
    },
  };
}
`;

const byTensors = (model: string) => `
/**
 * A client of ${model}.
 * @param endpoint where it is served, such as \`https://inference.example\`.
 */
export function createClient(endpoint: string, options: Options = {}) {
  const url = \`\${endpoint.replace(/\\/$/, "")}/v2/models/${model}/infer\`;
  return {
    /**
     * Predicts for some tensors.
     * @throws {ModelError} when they do not fit, or the model cannot answer.
     */
    infer: (request: InferRequest): Promise<InferAnswer> => ask<InferAnswer>(url, request, options),
  };
}
`;

/** A typed client in TypeScript, in one file that needs nothing but \`fetch\`. */
export function clientSource(description: ModelDescription): string {
  const { model, version, schemas } = description;
  const types = schemaNames(description).map((name) => declaration(name, schemas[name] ?? {}));
  const client = isNamed(description) ? byRows(model) : byTensors(model);
  return `// Written by \`ratchet client ${model}\` from version ${version}. Write it anew when the model's columns change.\n\n${types.join("\n")}\n${common}${client}`;
}

/** JSON Schema of what the model is asked and what it answers. */
export function jsonSchemaOf(description: ModelDescription): object {
  const { model, version, schemas } = description;
  const definitions = Object.fromEntries(schemaNames(description).map((name) => [name, schemas[name]]));
  const moved = JSON.parse(JSON.stringify(definitions).replaceAll("#/components/schemas/", "#/$defs/")) as object;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `${model}, version ${version}`,
    $ref: `#/$defs/${isNamed(description) ? "Row" : "InferRequest"}`,
    $defs: moved,
  };
}
