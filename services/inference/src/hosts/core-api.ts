import { createRequire } from "node:module";

/**
 * The parts of `@azure/functions-core` that are used here: what the Node worker of Azure Functions supplies at run time, and
 * programming models such as `@azure/functions` are made of. It is on no registry.
 * Source: `types-core/index.d.ts` of Azure/azure-functions-nodejs-worker.
 */
export interface CoreApi {
  getProgrammingModel(): ProgrammingModel | undefined;
  setProgrammingModel(model: ProgrammingModel): void;
}

interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: (...inputs: unknown[]) => unknown): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<object>;
}

/** A value on its way between host and worker: one property is set. */
export interface TypedData {
  readonly string?: string | null;
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly http?: HttpData | null;
}

type Nullable = Readonly<Record<string, { readonly value?: string | null }>>;
type Plain = Readonly<Record<string, string>>;

export interface HttpData {
  readonly method?: string | null;
  readonly headers?: Plain | null;
  readonly nullableHeaders?: Nullable | null;
  readonly params?: Plain | null;
  readonly nullableParams?: Nullable | null;
  readonly body?: TypedData | null;
}

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: { readonly name?: string };
  readonly request: { readonly inputData?: readonly { readonly data?: TypedData | null }[] | null };
}

/** What the worker supplies; undefined where there is no worker. */
export function findCoreApi(): CoreApi | undefined {
  try {
    return createRequire(import.meta.url)("@azure/functions-core") as CoreApi;
  } catch {
    return undefined;
  }
}
