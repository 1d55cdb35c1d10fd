import type { ReleaseManifest } from "@ratchet/contracts";
import type { NamedModel } from "../by-name/columns.ts";
import type { PredictRequest } from "../predict.ts";
import type { InferAnswer } from "../protocol/response.ts";

/** What a thread is started with. */
export interface ThreadData {
  /** Tells this thread from those that others may start from the same file. */
  readonly kind: "ratchet-inference";
  readonly manifest: ReleaseManifest;
  readonly named: NamedModel | undefined;
  /** `model.onnx`, which no thread writes to. */
  readonly onnx: SharedArrayBuffer;
  readonly mostRows: number;
  /** One number: whether the request that is worked on is given up. */
  readonly given: Int32Array;
}

export const isThreadData = (data: unknown): data is ThreadData =>
  typeof data === "object" && data !== null && (data as { readonly kind?: unknown }).kind === "ratchet-inference";

export type ToThread = PredictRequest;

export type FromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly answer: InferAnswer & { readonly rows: number } }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly message: string;
      readonly headers: Readonly<Record<string, string>>;
    };
