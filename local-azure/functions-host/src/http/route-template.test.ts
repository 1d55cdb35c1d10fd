import { describe, expect, test } from "vitest";
import { compileRoute } from "./route-template.ts";
import { createRouter } from "./routes.ts";

const match = (template: string, path: string) => compileRoute(template).match(path);

describe("a route template", () => {
  test.each<[string, string, Record<string, string> | undefined]>([
    ["a/b", "/A/b", {}],
    ["a/b", "/a", undefined],
    ["", "/", {}],
    ["{id}", "/7", { id: "7" }],
    ["{id}", "/", undefined],
    ["v2/shelves/{shelf}/books", "/v2/shelves/poems/books", { shelf: "poems" }],
    ["{id:int}", "/-7", { id: "-7" }],
    ["{id:int}", "/7.5", undefined],
    ["{id:guid}", "/1b4e28ba-2fa1-11d2-883f-0016d3cca427", { id: "1b4e28ba-2fa1-11d2-883f-0016d3cca427" }],
    ["{id:range(1,5)}", "/6", undefined],
    ["{id:length(2,3):alpha}", "/abc", { id: "abc" }],
    ["{id:length(2,3):alpha}", "/ab1", undefined],
    ["{id:regex(^[a-c]{{2}}$)}".replaceAll("{{", "{").replaceAll("}}", "}"), "/ab", { id: "ab" }],
    ["a/{id?}", "/a", {}],
    ["a/{id=new}", "/a", { id: "new" }],
    ["{name}.{extension}", "/report.txt", { name: "report", extension: "txt" }],
    ["a/{*rest}", "/a/b/c", { rest: "b/c" }],
    ["a/{*rest}", "/a", {}],
    ["{id}", "/%E0%A4%A", undefined],
    ["a.b/{id}", "/axb/1", undefined],
  ])("%s on %s gives %j", (template, path, expected) => {
    expect(match(template, path)).toEqual(expected);
  });

  test.each(["a/{id", "a/{id:colour}", "a/{}"])("%s is refused", (template) => {
    expect(() => compileRoute(template)).toThrow();
  });
});

test("literals go before constrained parameters, those before parameters, those before catch-alls", () => {
  const templates = ["{*all}", "{id}", "{id:int}", "fixed"];
  const route = createRouter(
    templates.map((text) => ({ template: compileRoute(text), methods: undefined, target: text })),
  );
  expect(["/fixed", "/5", "/five", "/a/b"].map((path) => route("GET", path)?.target)).toEqual([
    "fixed",
    "{id:int}",
    "{id}",
    "{*all}",
  ]);
});

test("a path that several functions share is told apart by method", () => {
  const route = createRouter(
    ["GET", "POST"].map((method) => ({
      template: compileRoute("orders/{id}"),
      methods: new Set([method]),
      target: method,
    })),
  );
  expect(route("POST", "/orders/1")).toEqual({ target: "POST", params: { id: "1" } });
  expect(route("PUT", "/orders/1")).toBeUndefined();
});
