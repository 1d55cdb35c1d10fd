/** As much of a request as is read, whoever brought it: the Functions host by one way or another, or a server of our own. */
export interface Incoming {
  readonly method: string;
  /** What stands in the path where its template has names. */
  readonly params: Readonly<Record<string, string>>;
  /** A header, by its name in lower case. */
  header(name: string): string | undefined;
  /**
   * The body as it came.
   * @throws {InferenceError} when it is larger than `most` bytes (413).
   */
  body(most: number): Promise<Uint8Array>;
  /** Whether nobody waits for the answer any more, where that can be known. */
  gone?(): boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export type Handler = (request: Incoming) => Answer | Promise<Answer>;

/** An answer in JSON. */
export const json = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(value),
});
