/** How a body says its rows. */
export type Format = "json" | "binary";

export type Network = "mlp" | "cnn";

/** A request for a server, but for where that is. */
export interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A server that answers on one core. */
export interface Server {
  readonly name: string;
  readonly port: number;
  /** The process whose time and memory count, with its children. */
  readonly pid: number;
  /** From the start of its process to the first answer, in milliseconds. */
  readonly firstAnswer: number;
  /** The request for rows of 784 numbers; undefined where it does not take such a format. */
  readonly request: (format: Format, rows: readonly (readonly number[])[]) => Request | undefined;
  close(): Promise<void>;
}

/** A server that can be started for a network. */
export interface ServerKind {
  readonly name: string;
  /** Whether it is what others are measured by. */
  readonly isLimit?: boolean;
  start(network: Network): Promise<Server>;
}

const bytesOf = (rows: readonly (readonly number[])[]): Uint8Array =>
  new Uint8Array(Float32Array.from(rows.flat()).buffer);

const tensor = (rows: readonly (readonly number[])[], more: object) => ({
  name: "features",
  datatype: "FP32",
  shape: [rows.length, rows[0]?.length ?? 0],
  ...more,
});

/** By the Open Inference Protocol: JSON, or JSON with the tensor behind it. */
export function protocolRequest(path: string) {
  return (format: Format, rows: readonly (readonly number[])[]): Request => {
    if (format === "json") {
      const body = JSON.stringify({ inputs: [tensor(rows, { data: rows.flat() })] });
      return { path, headers: { "Content-Type": "application/json" }, body: Buffer.from(body) };
    }
    const bytes = bytesOf(rows);
    const header = JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [tensor(rows, { parameters: { binary_data_size: bytes.byteLength } })],
    });
    const headers = {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(header.length),
    };
    return { path, headers, body: Buffer.concat([Buffer.from(header), bytes]) };
  };
}

/** By a path for each format: the same JSON, or the bytes of the rows alone. */
export function plainRequest(format: Format, rows: readonly (readonly number[])[]): Request {
  if (format === "json") return protocolRequest("/json")("json", rows);
  return { path: "/binary", headers: { "Content-Type": "application/octet-stream" }, body: bytesOf(rows) };
}
