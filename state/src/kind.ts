/** How documents of a kind are read and written. */
export interface Kind<Value> {
  /** @throws {DocumentError} when the JSON is none of the kind. */
  parse(json: unknown): Value;
  toJson(value: Value): object;
}
