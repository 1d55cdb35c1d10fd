import type { RouteTemplate } from "./route-template.ts";

export interface Route<T> {
  readonly template: RouteTemplate;
  /** Upper case; undefined accepts every method. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly target: T;
}

interface RouteMatch<T> {
  readonly target: T;
  readonly params: Readonly<Record<string, string>>;
}

const noParams: Readonly<Record<string, string>> = {};

/** Finds the route of a request; routes without parameters cost one look-up. */
export function createRouter<T>(
  routes: readonly Route<T>[],
): (method: string, path: string) => RouteMatch<T> | undefined {
  const literals = Map.groupBy(
    routes.filter((route) => route.template.literal !== undefined),
    (route) => route.template.literal,
  );
  const patterns = routes
    .filter((route) => route.template.literal === undefined)
    .toSorted((a, b) => (a.template.precedence < b.template.precedence ? -1 : 1));
  const accepts = (route: Route<T>, method: string): boolean => route.methods?.has(method) ?? true;

  return (method, path) => {
    const plain = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
    const literal = (literals.get(plain) ?? literals.get(plain.toLowerCase()))?.find((route) => accepts(route, method));
    if (literal) return { target: literal.target, params: noParams };
    for (const route of patterns) {
      if (!accepts(route, method)) continue;
      const params = route.template.match(plain);
      if (params) return { target: route.target, params };
    }
    return undefined;
  };
}
