import type { Role } from "../stack/roles.ts";
import type { Broken } from "./broken.ts";

/** Keeps note of models that more than one run trained at a time. */
export interface RunsWatch {
  /** Told of what runs, again and again. */
  see(running: readonly { readonly role: Role }[], now: number): void;
  readonly broken: readonly Broken[];
}

/** What is on its way out, or was killed with its guard, may be there for so long beside the next. */
const leavingMs = 10_000;

const modelOf = (runId: string): string => runId.replace(/-[0-9a-f]{16}$/, "");

export function watchRuns(): RunsWatch {
  /** Since when two runs of a model run together, by their ids. */
  const together = new Map<string, number>();
  const broken = new Map<string, Broken>();
  return {
    get broken() {
      return [...broken.values()];
    },
    see(running, now) {
      const runs = new Set(running.flatMap(({ role }) => (role.kind === "job" && role.name ? [role.name] : [])));
      const pairs = new Set(
        [...Map.groupBy(runs, modelOf).values()].flatMap((ofModel) =>
          ofModel.length > 1 ? [[...ofModel].sort().join(" and ")] : [],
        ),
      );
      for (const pair of together.keys()) if (!pairs.has(pair)) together.delete(pair);
      for (const pair of pairs) {
        const since = together.get(pair) ?? now;
        together.set(pair, since);
        if (now - since >= leavingMs) broken.set(pair, { sentence: `${pair} ran at the same time`, at: since });
      }
    },
  };
}
