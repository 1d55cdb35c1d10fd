/** One `${{kind.name}}` in a command. */
interface Placeholder {
  readonly expression: string;
  readonly kind: string;
  readonly name: string;
}

const placeholderPattern = /\$\{\{\s*([^.{}\s]*)\.?([^{}]*?)\s*\}\}/g;

export function placeholdersOf(command: string): readonly Placeholder[] {
  return [...command.matchAll(placeholderPattern)].map(([expression, kind = "", name = ""]) => ({
    expression,
    kind,
    name,
  }));
}

/**
 * The command with each placeholder replaced by its path or value, as plain text: quoting is the command's own.
 * @throws {Error} when a placeholder is bound to nothing.
 */
export function substitute(
  command: string,
  bindings: { readonly inputs: Readonly<Record<string, string>>; readonly outputs: Readonly<Record<string, string>> },
): string {
  return command.replaceAll(placeholderPattern, (expression, kind: string, name: string) => {
    const value = kind === "inputs" || kind === "outputs" ? bindings[kind][name] : undefined;
    if (value === undefined) throw new Error(`The command's '${expression}' is bound to nothing.`);
    return value;
  });
}
