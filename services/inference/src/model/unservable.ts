/** A model, or a package of one, that cannot be served: loading it again would not help. */
export class UnservableModelError extends Error {
  override readonly name = "UnservableModelError";
}
