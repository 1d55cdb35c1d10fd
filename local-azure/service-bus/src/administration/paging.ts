import { RequestError } from "./failure.ts";

const pageSize = 100;

/** The part of a list that `$skip` and `$top` ask for, and where the next one starts. The service gives 100 at most. */
export const pageOf = <Entry>(
  all: readonly Entry[],
  query: URLSearchParams,
): { readonly entries: readonly Entry[]; readonly next?: { readonly skip: number; readonly top: number } } => {
  const skip = countIn(query, "$skip", 0);
  const top = Math.min(countIn(query, "$top", pageSize), pageSize);
  const entries = all.slice(skip, skip + top);
  return skip + top < all.length && top > 0 ? { entries, next: { skip: skip + top, top } } : { entries };
};

const countIn = (query: URLSearchParams, name: string, missing: number): number => {
  const text = query.get(name);
  if (text === null) return missing;
  if (!/^\d+$/u.test(text)) throw new RequestError(400, `${name} needs a whole number, but was given '${text}'.`);
  return Number(text);
};
