import type { GoldenPredictions, Signature } from "@ratchet/contracts";
import type { Served } from "../production/next-step.ts";

/** Whether an app can serve, as it says itself. */
type Readiness =
  | { readonly state: "ready" }
  /** It does not answer, or not yet. */
  | { readonly state: "starting"; readonly why: string }
  /** It says that it never will. */
  | { readonly state: "failed"; readonly why: string };

/** What a request for golden predictions came to. */
interface Predictions {
  readonly version: unknown;
  readonly values: readonly number[];
}

/** The app in a slot, asked over the protocol by which it serves. */
export interface InferenceApp {
  /** Whether the app at an address is ready. */
  readiness(site: string): Promise<Readiness>;
  /** Which release of a model an address serves; undefined where it serves none. */
  served(site: string, model: string): Promise<Served | undefined>;
  /**
   * Asks for the golden rows' predictions.
   * @throws {Error} when something else came; it says what.
   */
  predict(site: string, model: string, golden: GoldenPredictions, signature: Signature): Promise<Predictions>;
}

const patience = 30_000;

async function get(
  url: string,
): Promise<{ readonly status: number; readonly body: unknown } | { readonly error: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) as unknown };
    } catch {
      return { status: response.status, body: undefined };
    }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

async function readinessOf(site: string): Promise<Readiness> {
  const answer = await get(`${site}/v2/health/ready`);
  if ("error" in answer) return { state: "starting", why: answer.error };
  if (answer.status === 200) return { state: "ready" };
  const why = property(answer.body, "error") ?? `it answers ${answer.status}`;
  return { state: property(answer.body, "state") === "failed" ? "failed" : "starting", why: String(why) };
}

async function servedAt(site: string, model: string): Promise<Served | undefined> {
  const answer = await get(`${site}/v2/models/${model}`);
  if ("error" in answer || answer.status !== 200) return undefined;
  const versions = property(answer.body, "versions");
  const version: unknown = Array.isArray(versions) ? versions[0] : undefined;
  const code = property(property(answer.body, "parameters"), "code");
  return typeof version === "string" && typeof code === "string" ? { version, code } : undefined;
}

async function predictAt(
  site: string,
  model: string,
  { input, output, rows }: GoldenPredictions,
  signature: Signature,
): Promise<Predictions> {
  const datatype = signature.inputs.find(({ name }) => name === input)?.datatype ?? "FP32";
  const response = await fetch(`${site}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      inputs: [{ name: input, datatype, shape: [rows.length, rows[0]?.length ?? 0], data: rows.flat() }],
      outputs: [{ name: output }],
    }),
    signal: AbortSignal.timeout(patience),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`it answers ${response.status} ${text.slice(0, 300)}`);
  const body = JSON.parse(text) as unknown;
  const outputs = property(body, "outputs");
  const found: unknown = Array.isArray(outputs) ? outputs.find((one) => property(one, "name") === output) : undefined;
  const data = property(found, "data");
  if (!Array.isArray(data)) throw new Error(`it gives no output ${output}`);
  return { version: property(body, "model_version"), values: data.map(Number) };
}

/** The inference app over HTTP. */
export const inferenceApp: InferenceApp = { readiness: readinessOf, served: servedAt, predict: predictAt };
