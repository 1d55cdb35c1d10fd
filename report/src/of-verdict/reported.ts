import type { Comparison } from "@ratchet/contracts";
import type { Fact, ReportedComparison } from "../report.ts";

/** A comparison under a title, with what was asked of it where anything was. */
export function reported(
  title: string,
  compared: Comparison & { readonly margin?: number | undefined; readonly held?: boolean | undefined },
): ReportedComparison {
  const { margin, held } = compared;
  return { ...compared, title, margin, held };
}

const words = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** A policy as a list of facts; what it does not say is left out. */
export const policyFacts = (policy: Readonly<Record<string, unknown>>): readonly Fact[] =>
  Object.entries(policy).flatMap(([name, value]) => (isEmpty(value) ? [] : [[name, words(value)] as const]));
