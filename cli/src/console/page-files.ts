import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Nothing but what the console itself serves is loaded, run, shown or spoken to; no text becomes markup. */
export const securityHeaders = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PageFile {
  readonly content: Buffer;
  readonly type: string;
}

/** A file of the page; its first one for every address that is a view. Undefined where there is none of this name. */
export async function pageFile(folder: string, path: string): Promise<PageFile | undefined> {
  const name = extname(path) === "" ? "index.html" : path.slice(1);
  const type = types[extname(name)];
  // The build puts all files into one folder.
  if (type === undefined || !/^[\w.-]+$/.test(name)) return undefined;
  try {
    return { content: await readFile(join(folder, name)), type };
  } catch {
    return undefined;
  }
}
