import type { Handlers } from "./handlers.ts";
import { type Answer, type Incoming, json } from "./http/exchange.ts";
import { InferenceError } from "./protocol/errors.ts";

type Method = "GET" | "POST";

/** A path, and what answers there. */
export interface Route {
  readonly name: string;
  /** Names in braces stand for a part each. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, keyof Handlers>>>;
}

const ofModel = (name: string, path: string): readonly Route[] => [
  { name: `${name}-metadata`, path, methods: { GET: "modelMetadata" } },
  { name: `${name}-ready`, path: `${path}/ready`, methods: { GET: "modelReady" } },
  { name: `${name}-infer`, path: `${path}/infer`, methods: { POST: "infer" } },
];

export const routes: readonly Route[] = [
  { name: "server-metadata", path: "v2", methods: { GET: "serverMetadata" } },
  { name: "server-live", path: "v2/health/live", methods: { GET: "live" } },
  { name: "server-ready", path: "v2/health/ready", methods: { GET: "ready" } },
  ...ofModel("model", "v2/models/{model}"),
  ...ofModel("model-version", "v2/models/{model}/versions/{version}"),
  { name: "page", path: "", methods: { GET: "page" } },
  { name: "page-file", path: "page/{file}", methods: { GET: "pageFile" } },
  { name: "openapi", path: "openapi.json", methods: { GET: "openApi" } },
  { name: "metrics", path: "metrics", methods: { GET: "metrics" } },
];

/** All that HTTP commonly has: what a path does not have is answered by us, in the words of the protocol. */
export const allMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export type Answering = (request: Incoming) => Promise<Answer>;

const errorAnswer = (error: unknown): Answer => {
  if (error instanceof InferenceError) return json(error.status, { error: error.message }, error.headers);
  return json(500, { error: error instanceof Error ? error.message : String(error) });
};

/**
 * What a route answers, whatever is asked there; it throws nothing.
 * @param about headers that every answer has.
 */
export function answering(route: Route, handlers: Handlers, about: () => Readonly<Record<string, string>>): Answering {
  const { GET, POST } = route.methods;
  const allow = [...(GET ? ["GET", "HEAD"] : []), ...(POST ? ["POST"] : []), "OPTIONS"].join(", ");
  const answer = async (request: Incoming): Promise<Answer> => {
    const { method } = request;
    if (method === "OPTIONS") return { status: 204, headers: { Allow: allow }, body: "" };
    const handler = method === "POST" ? POST : method === "GET" || method === "HEAD" ? GET : undefined;
    if (!handler)
      throw new InferenceError(405, `${method} is not for /${route.path}; it has ${allow}`, { Allow: allow });
    const given = await handlers[handler](request);
    return method === "HEAD" ? { ...given, body: "" } : given;
  };
  return async (request) => {
    let given: Answer;
    try {
      given = await answer(request);
    } catch (error) {
      given = errorAnswer(error);
    }
    return { ...given, headers: { ...given.headers, ...about() } };
  };
}

/** What is answered where there is nothing. */
export const nothingThere: Answering = async () =>
  json(404, { error: "there is nothing at this path; /v2 tells what this server has" });
