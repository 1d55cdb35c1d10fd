import type { TokenCredential } from "@azure/identity";
import type { GoldenPredictions, Signature } from "@ratchet/contracts";

/** A release, as an app says itself that it serves it. */
export interface Served {
  readonly version: string;
  /** Digest of the inference bundle. */
  readonly code: string;
  /** Digest of the model's file; older bundles do not say it. */
  readonly onnx?: string;
}

/** What an address serves of a model. */
export type Serving =
  | ({ readonly kind: "release" } & Served)
  /** It answers, and has nothing of the model: the slot is empty, or another model's. */
  | { readonly kind: "none" }
  /** It does not answer, or not as one that serves: nothing follows from that. */
  | { readonly kind: "unknown"; readonly why: string };

/** Whether an app can serve, as it says itself. */
export type Readiness =
  | { readonly kind: "ready" }
  /** It answers that it is not ready, or is too slow to answer. */
  | { readonly kind: "starting"; readonly why: string }
  /** It answers, and has no such question: the slot is empty, or another app's. */
  | { readonly kind: "none"; readonly why: string }
  /** It says that it never will. */
  | { readonly kind: "failed"; readonly why: string }
  /** There is no answer from there at all: it may serve others well. */
  | { readonly kind: "unreachable"; readonly why: string };

/** What a request for golden predictions came to. */
export type Predictions =
  | { readonly kind: "given"; readonly version: unknown; readonly values: readonly number[] }
  /** It answers, and the answer is none. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** The app in a slot, asked over the protocol by which it serves. Whatever befalls a question is told in the answer. */
export interface InferenceApp {
  /** Whether the app at an address is ready. */
  readiness(site: string): Promise<Readiness>;
  /** Which release of a model an address serves. */
  served(site: string, model: string): Promise<Serving>;
  /** Asks for the golden rows' predictions. */
  predict(site: string, model: string, golden: GoldenPredictions, signature: Signature): Promise<Predictions>;
}

const patience = 10_000;
const predictionPatience = 30_000;

type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly text: string; readonly body: unknown }
  | { readonly kind: "silence"; readonly why: string }
  | { readonly kind: "unreachable"; readonly why: string };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Asks as somebody. */
type Ask = (url: string, limit: number, init?: RequestInit) => Promise<Answer>;

const askAs =
  (authorization: () => Promise<string>): Ask =>
  async (url, limit, init = {}) => {
    try {
      const headers = { ...init.headers, Authorization: await authorization() };
      const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(limit) });
      const text = await response.text();
      return { kind: "answer", status: response.status, text, body: parsed(text) };
    } catch (error) {
      if (error instanceof Error && error.name === "TimeoutError")
        return { kind: "silence", why: `it does not answer within ${limit / 1000} s` };
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      return { kind: "unreachable", why: cause instanceof Error ? cause.message : String(cause) };
    }
  };

/** Where the front end does not let us in nothing is said of the app; lists and roles that were just given take their time. */
const notLetIn = (status: number): string | undefined =>
  status === 401 || status === 403
    ? `it does not let the deployer in (${status}): its sign-in has to name the deployer's identity, and INFERENCE_AUDIENCE`
    : undefined;

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

async function readinessOf(ask: Ask, site: string): Promise<Readiness> {
  const answer = await ask(`${site}/v2/health/ready`, patience);
  if (answer.kind === "unreachable") return { kind: "unreachable", why: answer.why };
  if (answer.kind === "silence") return { kind: "starting", why: answer.why };
  if (answer.status === 200) return { kind: "ready" };
  const closed = notLetIn(answer.status);
  if (closed) return { kind: "unreachable", why: closed };
  const why = String(property(answer.body, "error") ?? `it answers ${answer.status}`);
  if (answer.status === 404) return { kind: "none", why };
  return { kind: property(answer.body, "state") === "failed" ? "failed" : "starting", why };
}

async function servedAt(ask: Ask, site: string, model: string): Promise<Serving> {
  const answer = await ask(`${site}/v2/models/${model}`, patience);
  if (answer.kind !== "answer") return { kind: "unknown", why: answer.why };
  if (answer.status === 404) return { kind: "none" };
  const closed = notLetIn(answer.status);
  if (closed) return { kind: "unknown", why: closed };
  const versions = property(answer.body, "versions");
  // What answers well, and not in the words of the protocol, may be anything: a proxy that asks for a password, say.
  if (answer.status !== 200 || !Array.isArray(versions))
    return { kind: "unknown", why: String(property(answer.body, "error") ?? `it answers ${answer.status}`) };
  const [version] = versions as readonly unknown[];
  const parameters = property(answer.body, "parameters");
  const [code, onnx] = [property(parameters, "code"), property(parameters, "onnx")];
  // Some other server of the same protocol.
  if (typeof version !== "string" || typeof code !== "string") return { kind: "none" };
  return { kind: "release", version, code, ...(typeof onnx === "string" ? { onnx } : {}) };
}

async function predictAt(
  ask: Ask,
  site: string,
  model: string,
  { input, output, rows }: GoldenPredictions,
  signature: Signature,
): Promise<Predictions> {
  const datatype = signature.inputs.find(({ name }) => name === input)?.datatype ?? "FP32";
  const answer = await ask(`${site}/v2/models/${model}/infer`, predictionPatience, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      inputs: [{ name: input, datatype, shape: [rows.length, rows[0]?.length ?? 0], data: rows.flat() }],
      outputs: [{ name: output }],
    }),
  });
  if (answer.kind !== "answer") return { kind: "unknown", why: answer.why };
  const { status, text, body } = answer;
  if (status === 429 || status >= 500) return { kind: "unknown", why: `it answers ${status} ${text.slice(0, 300)}` };
  const closed = notLetIn(status);
  if (closed) return { kind: "unknown", why: closed };
  if (status !== 200) return { kind: "refused", why: `it answers ${status} ${text.slice(0, 300)}` };
  const outputs = property(body, "outputs");
  const found: unknown = Array.isArray(outputs) ? outputs.find((one) => property(one, "name") === output) : undefined;
  const data = property(found, "data");
  if (!Array.isArray(data)) return { kind: "refused", why: `it gives no output ${output}` };
  // JSON has no not-a-number; null stands for it, and is no zero.
  const values = data.map((value) => (value === null ? Number.NaN : Number(value)));
  return { kind: "given", version: property(body, "model_version"), values };
}

export interface InferenceAppOptions {
  readonly credential: TokenCredential;
  /** What a token for the apps is asked for: their registration. */
  readonly audience: string;
}

/** The inference app over HTTP, asked as whoever has the credential. */
export function inferenceApp({ credential, audience }: InferenceAppOptions): InferenceApp {
  const ask = askAs(async () => {
    const token = await credential.getToken(`${audience}/.default`);
    if (!token) throw new Error(`no token for ${audience} was to be had`);
    return `Bearer ${token.token}`;
  });
  return {
    readiness: (site) => readinessOf(ask, site),
    served: (site, model) => servedAt(ask, site, model),
    predict: (site, model, golden, signature) => predictAt(ask, site, model, golden, signature),
  };
}
