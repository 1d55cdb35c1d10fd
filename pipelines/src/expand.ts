import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "yaml";

/**
 * A pipeline as Azure DevOps would run it: templates put in, parameters filled in, `each` unrolled. It knows of the
 * expressions what these pipelines use of them, and refuses the rest.
 */

export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap;
export type YamlMap = { readonly [name: string]: Yaml };

/** A pipeline that Azure DevOps would refuse. */
export class PipelineError extends Error {
  override readonly name = "PipelineError";

  constructor(file: string, reason: string) {
    super(`${relative(process.cwd(), file)}: ${reason}`);
  }
}

/** @throws {PipelineError} when a template is not there, a parameter is not declared or not given, an expression is unknown. */
export function expandPipeline(file: string): YamlMap {
  return expandFile(resolve(file), {});
}

type Scope = Readonly<Record<string, Yaml>>;

function expandFile(file: string, given: Scope): YamlMap {
  if (!existsSync(file)) throw new PipelineError(file, "there is no such template");
  const { parameters = [], ...body } = parse(readFileSync(file, "utf8")) as YamlMap;
  const declared = parameters as readonly { readonly name: string; readonly default?: Yaml }[];
  for (const name of Object.keys(given))
    if (!declared.some((parameter) => parameter.name === name))
      throw new PipelineError(file, `has no parameter ${name}`);
  const values = Object.fromEntries(
    declared.map(({ name, default: fallback }) => {
      const value = given[name] ?? fallback;
      if (value === undefined) throw new PipelineError(file, `needs the parameter ${name}`);
      return [`parameters.${name}`, value];
    }),
  );
  return expand(body, values, file) as YamlMap;
}

function expand(value: Yaml, scope: Scope, file: string): Yaml {
  if (typeof value === "string") return fill(value, scope, file);
  if (Array.isArray(value)) return value.flatMap((item) => expandItem(item, scope, file));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expand(inner, scope, file)]));
}

/** An item of a list may be a template, which stands for all of its stages or steps, or a loop. */
function expandItem(item: Yaml, scope: Scope, file: string): readonly Yaml[] {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return [expand(item, scope, file)];
  const { template, parameters = {}, ...rest } = item as YamlMap;
  if (typeof template === "string") {
    if (Object.keys(rest).length > 0) throw new PipelineError(file, `${template} stands beside ${Object.keys(rest)}`);
    const expanded = expandFile(join(dirname(file), template), expand(parameters, scope, file) as Scope);
    return Object.values(expanded).flat() as readonly Yaml[];
  }
  const [head, body] = Object.entries(item)[0] ?? [];
  const [, variable, list] = /^\$\{\{ each (\w+) in ([\w.]+) \}\}$/.exec(head ?? "") ?? [];
  if (!variable || !list) return [expand(item, scope, file)];
  return (scope[list] as readonly Yaml[]).flatMap(
    (element) => expand(body ?? [], { ...scope, [variable]: element }, file) as readonly Yaml[],
  );
}

function fill(text: string, scope: Scope, file: string): Yaml {
  const whole = /^\$\{\{ ([\w.]+) \}\}$/.exec(text)?.[1];
  const lookUp = (name: string): Yaml => {
    const value = scope[name];
    if (value === undefined) throw new PipelineError(file, `\${{ ${name} }} is not known`);
    return value;
  };
  return whole ? lookUp(whole) : text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, name: string) => String(lookUp(name)));
}
