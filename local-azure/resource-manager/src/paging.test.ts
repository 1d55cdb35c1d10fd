import { expect, test } from "vitest";
import { ArmError } from "./errors.ts";
import { pageOf } from "./paging.ts";
import type { ArmRequest } from "./provider.ts";

const numbers = [1, 2, 3, 4, 5];

function ask(query: string) {
  const request: ArmRequest = {
    method: "GET",
    path: "/subscriptions/s/providers/Microsoft.Sheds/sheds",
    scope: "/subscriptions/s",
    namespace: "Microsoft.Sheds",
    segments: ["sheds"],
    subscriptionId: "s",
    resourceGroup: undefined,
    query: new URLSearchParams(query),
    headers: {},
    body: undefined,
    endpoint: "https://localhost:1",
    startOperation: () => ({ status: 202 }),
  };
  const { body } = pageOf(request, ({ skip, top }) => numbers.slice(skip, skip + top), 2);
  return body as { value: number[]; nextLink?: string };
}

test("following nextLink to the end gives everything once, in order", () => {
  const seen: number[] = [];
  let query: string | undefined = "api-version=1";
  while (query !== undefined) {
    const { value, nextLink } = ask(query);
    seen.push(...value);
    query = nextLink && new URL(nextLink).search;
  }
  expect(seen).toEqual(numbers);
});

test("nextLink keeps the other parameters of the query", () => {
  expect(ask("api-version=1&tag=x").nextLink).toContain("api-version=1&tag=x&%24skip=2");
});

test("a last page that is exactly full has no nextLink", () => {
  expect(ask("$skip=3")).toEqual({ value: [4, 5] });
});

test("the client may ask for another page size", () => {
  expect(ask("$top=4").value).toEqual([1, 2, 3, 4]);
});

test("a skip that is not a number is refused by name", () => {
  expect(() => ask("$skip=-1")).toThrow(ArmError);
  expect(() => ask("$skip=-1")).toThrow("$skip is '-1'");
});
