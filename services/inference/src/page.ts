import { readFile } from "node:fs/promises";
import type { Answer } from "./http/exchange.ts";
import { InferenceError } from "./protocol/errors.ts";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** All that the page is made of; it has nothing from elsewhere. */
const files = [
  "index.html",
  "page.css",
  "page.js",
  "element.js",
  "drawing.js",
  "row-form.js",
  "tensor-form.js",
  "examples.js",
  "icon.svg",
] as const;

/** Nothing inline and nothing from elsewhere; what a model or a column is called can be no script. */
const guards: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
};

export interface Page {
  /**
   * One of the page's files.
   * @throws {InferenceError} when it has none of that name (404).
   */
  file(name: string): Promise<Answer>;
}

/** The page by which people ask the model, as it lies in a folder. Files are read when they are first asked for. */
export function createPage(folder: URL): Page {
  const read = new Map<string, Promise<Buffer>>();
  return {
    async file(name) {
      if (!files.some((known) => known === name))
        throw new InferenceError(404, "there is nothing at this path; / is a page about the model");
      const bytes = read.get(name) ?? readFile(new URL(name, folder));
      read.set(name, bytes);
      const type = types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
      return { status: 200, headers: { "Content-Type": type, ...guards }, body: await bytes };
    },
  };
}
