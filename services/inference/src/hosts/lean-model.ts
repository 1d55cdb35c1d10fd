import type { Answer, Incoming } from "../http/exchange.ts";
import { tooLarge } from "../protocol/errors.ts";
import type { CoreApi, CoreInvocationContext, HttpData, InvocationModel, TypedData } from "./core-api.ts";

const noBytes = new Uint8Array(0);
const none: Readonly<Record<string, string>> = {};

function bytesOf(body: TypedData | null | undefined): Uint8Array {
  if (body?.bytes) return body.bytes;
  const text = body?.string ?? body?.json;
  return text ? Buffer.from(text) : noBytes;
}

/** The host writes maps in one of two ways; of both their names are in lower case. */
const lookUp =
  (plain: HttpData["headers"], nullable: HttpData["nullableHeaders"]) =>
  (name: string): string | undefined =>
    plain?.[name] ?? nullable?.[name]?.value ?? undefined;

function paramsOf({ params, nullableParams }: HttpData): Readonly<Record<string, string>> {
  if (!nullableParams || Object.keys(nullableParams).length === 0) return params ?? none;
  return Object.fromEntries(Object.entries(nullableParams).map(([name, { value }]) => [name, value ?? ""]));
}

function incoming(http: HttpData): Incoming {
  return {
    method: http.method ?? "GET",
    params: paramsOf(http),
    header: lookUp(http.headers, http.nullableHeaders),
    body: async (most) => {
      const bytes = bytesOf(http.body);
      if (bytes.byteLength > most) throw tooLarge(`the body has ${bytes.byteLength} bytes; ${most} are the most`);
      return bytes;
    },
  };
}

const toHttp = ({ status, headers, body }: Answer) => ({
  http: {
    statusCode: String(status),
    headers,
    cookies: [],
    enableContentNegotiation: false,
    body: typeof body === "string" ? { string: body } : { bytes: body },
  },
});

/** One invocation of one of our functions: from the host's message to our handler, and back. */
const leanInvocation = ({ invocationId }: CoreInvocationContext, http: HttpData): InvocationModel => ({
  getArguments: async () => ({ context: undefined, inputs: [incoming(http)] }),
  invokeFunction: async (_context, inputs, callback) => callback(...inputs),
  getResponse: async (_context, result) => ({ invocationId, outputData: [], returnValue: toHttp(result as Answer) }),
});

/**
 * Takes requests for some functions from the host's own messages. By itself `@azure/functions` makes a `Request` of each, and
 * a `Response` of each answer, streams included, which costs more than to predict does. A programming model is what the
 * worker lets a library bring; this one stands in front of the library's, which keeps whatever is not ours.
 * @param names the functions; their handlers get an `Incoming` and give an `Answer`.
 */
export function beLean(core: CoreApi, names: ReadonlySet<string>): void {
  const library = core.getProgrammingModel();
  if (!library) return;
  const capabilities = library.getCapabilities?.bind(library);
  core.setProgrammingModel({
    name: library.name,
    version: library.version,
    ...(capabilities ? { getCapabilities: capabilities } : {}),
    getInvocationModel(context) {
      const http = names.has(context.metadata.name ?? "") ? context.request.inputData?.[0]?.data?.http : undefined;
      return http ? leanInvocation(context, http) : library.getInvocationModel(context);
    },
  });
}
