import { expect, test } from "vitest";
import { checkSiteName, checkSlotName, SiteNameError } from "./names.ts";

test.each(["shop", "a1", "x".repeat(60), "Shop-2"])("%s is a site's name", (name) => {
  expect(() => checkSiteName(name)).not.toThrow();
});

test.each(["", "a", "../../victim", "a/b", "a.b", "-shop", "shop-", "shöp", "a b", "x".repeat(61), "a\0b", "a\n"])(
  "%j is none",
  (name) => {
    expect(() => checkSiteName(name)).toThrow(SiteNameError);
    expect(() => checkSlotName("shop", name)).toThrow(SiteNameError);
  },
);

test("a site whose name is long has no room for a slot's", () => {
  expect(() => checkSlotName("x".repeat(40), "staging")).not.toThrow();
  expect(() => checkSlotName("x".repeat(41), "staging")).toThrow("has 41 characters");
});
