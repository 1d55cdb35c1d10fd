import type { Arrow } from "./imports.ts";

/**
 * The circles among imports: files each of which leads to every other. One way round is given of each.
 * The components are Tarjan's (Depth-first search and linear graph algorithms, 1972).
 */
export function circlesIn(imports: readonly Arrow[]): readonly string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[] = [];

  function visit(file: string): void {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    stack.push(file);
    for (const { to } of next.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file) ?? own, low.get(to) ?? own));
    }
    if (low.get(file) !== own) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) circles.push(wayRound(file, new Set(component)));
  }

  /** The shortest way from a file back to itself within a component. */
  function wayRound(start: string, within: ReadonlySet<string>): string {
    const ways = [[start]];
    for (const way of ways)
      for (const { to } of next.get(way.at(-1) ?? "") ?? []) {
        if (to === start) return [...way, to].join(" → ");
        if (within.has(to) && !way.includes(to)) ways.push([...way, to]);
      }
    return [...within].join(", ");
  }

  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return circles;
}
