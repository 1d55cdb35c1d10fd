/** The deployment does not say all that `ratchet` reads: it was applied by an older version. */
export class MissingOutputsError extends Error {
  override readonly name = "MissingOutputsError";
}

/**
 * `terraform output -json` as lines that a shell can evaluate.
 * @throws {MissingOutputsError} when outputs are not there; it names them.
 */
export function shellExports(
  answer: Readonly<Record<string, { readonly value: string }>>,
  names: readonly string[],
): string {
  const missing = names.filter((name) => !answer[name]);
  if (missing.length > 0)
    throw new MissingOutputsError(
      `The deployment has no output ${missing.join(", ")}: apply the infrastructure again.`,
    );
  return names.map((name) => `export ${name}='${answer[name]?.value.replaceAll("'", "'\\''")}'\n`).join("");
}
