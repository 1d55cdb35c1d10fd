import { ArmError } from "./errors.ts";
import type { ArmRequest, ArmResponse } from "./provider.ts";

/** The names in braces of a template: `"sites/{site}/slots/{slot}"` gives `"site" | "slot"`. */
type ParameterNames<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

export interface Route {
  readonly method: string;
  readonly template: string;
  handle(request: ArmRequest, parameters: Readonly<Record<string, string>>): Promise<ArmResponse> | ArmResponse;
}

/** One operation of a provider: a method and a path below its namespace, with `{names}` for the parts that vary. */
export function route<const Template extends string>(
  method: string,
  template: Template,
  handle: (
    request: ArmRequest,
    parameters: Readonly<Record<ParameterNames<Template>, string>>,
  ) => Promise<ArmResponse> | ArmResponse,
): Route {
  return { method, template, handle: handle as Route["handle"] };
}

/**
 * Calls the first route that fits. Fixed segments are compared without regard to case, as resource types are.
 * @throws {ArmError} when no route fits: 405 where one would with another method, else 404.
 */
export async function dispatch(routes: readonly Route[], request: ArmRequest): Promise<ArmResponse> {
  const fitting = routes.flatMap((candidate) => {
    const parameters = match(candidate.template, request.segments);
    return parameters ? [{ candidate, parameters }] : [];
  });
  const found = fitting.find(({ candidate }) => candidate.method === request.method);
  if (found) return found.candidate.handle(request, found.parameters);
  const asked = `${request.namespace}/${request.segments.join("/")}`;
  if (fitting.length > 0) {
    throw new ArmError(405, "MethodNotAllowed", `'${asked}' does not support the method ${request.method}.`);
  }
  throw new ArmError(404, "InvalidResourceType", `The resource type of '${asked}' is not one that is served here.`);
}

function match(template: string, segments: readonly string[]): Record<string, string> | undefined {
  const pattern = template.split("/");
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters[name] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return parameters;
}
