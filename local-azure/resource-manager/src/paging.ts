import { badRequest } from "./errors.ts";
import type { ArmRequest, ArmResponse } from "./provider.ts";
import type { Page } from "./resource-store.ts";

/** How many resources a page has where the client does not ask for a number; Azure ML's is 30, other services' more. */
const defaultPage = 30;

/**
 * Answers a list call page by page, with a `nextLink` as long as there is more.
 * @param read gives the resources of a page; it is asked for one more than a page holds, to see whether there is more.
 */
export function pageOf(
  request: ArmRequest,
  read: (page: Page) => readonly unknown[],
  pageSize: number = defaultPage,
): ArmResponse {
  const skip = wholeNumber(request, "$skip") ?? 0;
  const top = Math.max(1, wholeNumber(request, "$top") ?? pageSize);
  const found = read({ skip, top: top + 1 });
  if (found.length <= top) return { status: 200, body: { value: found } };
  const next = new URLSearchParams(request.query);
  next.set("$skip", String(skip + top));
  return { status: 200, body: { value: found.slice(0, top), nextLink: `${request.endpoint}${request.path}?${next}` } };
}

function wholeNumber(request: ArmRequest, name: string): number | undefined {
  const text = request.query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`The query parameter ${name} is '${text}'; a whole number was expected.`);
  return Number(text);
}
