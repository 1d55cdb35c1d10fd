import { type Constraint, parseConstraint } from "./route-constraints.ts";

/** What a path gave for the template's parameters, or undefined if it does not match. */
type RouteMatcher = (path: string) => Readonly<Record<string, string>> | undefined;

export interface RouteTemplate {
  /** The path itself, lower case, if the template has no parameters: it can then be looked up. */
  readonly literal: string | undefined;
  readonly match: RouteMatcher;
  /** One digit per segment; the template with the smaller number is tried first, as in ASP.NET. */
  readonly precedence: string;
}

interface Parameter {
  readonly name: string;
  readonly constraints: readonly Constraint[];
  readonly optional: boolean;
  readonly catchAll: boolean;
  readonly fallback: string | undefined;
}

type Part = string | Parameter;

/**
 * Compiles an ASP.NET route template: literals without regard to case, `{name}`, `{name:int}`,
 * `{name?}`, `{name=default}`, `{*rest}`, and several parts in a segment (`{file}.{extension}`).
 * @param template without leading slash, route prefix included
 * @throws {Error} when it cannot be read.
 */
export function compileRoute(template: string): RouteTemplate {
  const segments = splitSegments(template).map(parseSegment);
  const parameters = segments.flat().filter((part) => typeof part !== "string");
  const precedence = segments.map(precedenceDigit).join("");
  if (parameters.length === 0) {
    const literal = `/${segments.map((segment) => segment.join("")).join("/")}`.toLowerCase();
    return { literal, precedence, match: (path) => (path.toLowerCase() === literal ? {} : undefined) };
  }
  const pattern = new RegExp(`^${segments.map(segmentPattern).join("")}/?$`, "i");
  const match: RouteMatcher = (path) => {
    const found = pattern.exec(path);
    if (!found) return undefined;
    const values: Record<string, string> = {};
    for (const [at, parameter] of parameters.entries()) {
      const raw = found[at + 1];
      if (raw === undefined || raw === "") {
        if (parameter.fallback !== undefined) values[parameter.name] = parameter.fallback;
        continue;
      }
      const value = decode(raw);
      if (value === undefined || !parameter.constraints.every((satisfied) => satisfied(value))) return undefined;
      values[parameter.name] = value;
    }
    return values;
  };
  return { literal: undefined, precedence, match };
}

/** Splits at the slashes outside of braces: a regex constraint may hold slashes. */
function splitSegments(template: string): string[] {
  const segments: string[] = [];
  let depth = 0;
  let current = "";
  for (const character of template.replace(/^\/+|\/+$/g, "")) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (character === "/" && depth === 0) {
      segments.push(current);
      current = "";
    } else current += character;
  }
  if (depth !== 0) throw new Error(`the route "${template}" has a brace that is not closed`);
  return template === "" ? [] : [...segments, current];
}

function parseSegment(segment: string): Part[] {
  const parts = segment.match(/\{(?:[^{}]|\{[^{}]*\})*\}|[^{}]+/g) ?? [];
  if (parts.join("") !== segment) throw new Error(`the route segment "${segment}" cannot be read`);
  return parts.map((part) => (part.startsWith("{") ? parseParameter(part.slice(1, -1)) : part));
}

function parseParameter(text: string): Parameter {
  const match = /^(\*{0,2})([^:?=*]+)((?::(?:[^:(]+(?:\(.*\))?))*?)(?:=(.*?))?(\?)?$/s.exec(text);
  if (!match) throw new Error(`the route parameter "{${text}}" cannot be read`);
  const [, stars = "", name = "", constraints = "", fallback, optional] = match;
  const texts = constraints.match(/:\w+(?:\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
  return {
    name,
    constraints: texts.map((constraint) => parseConstraint(constraint.slice(1))),
    optional: optional === "?" || fallback !== undefined,
    catchAll: stars !== "",
    fallback,
  };
}

function segmentPattern(segment: readonly Part[]): string {
  const only = segment.length === 1 ? segment[0] : undefined;
  if (only !== undefined && typeof only !== "string") {
    if (only.catchAll) return "(?:/(.*))?";
    if (only.optional) return "(?:/([^/]+))?";
  }
  return `/${segment.map((part) => (typeof part === "string" ? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : "([^/]+?)")).join("")}`;
}

/** ASP.NET's inbound precedence: literal, constrained parameter, parameter, catch-all. */
function precedenceDigit(segment: readonly Part[]): string {
  const only = segment.length === 1 ? segment[0] : undefined;
  if (only === undefined) return "2";
  if (typeof only === "string") return "1";
  if (only.catchAll) return only.constraints.length > 0 ? "4" : "5";
  return only.constraints.length > 0 ? "2" : "3";
}

function decode(raw: string): string | undefined {
  if (!raw.includes("%")) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
