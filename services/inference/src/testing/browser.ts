import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package chromium puts it, or wherever `CHROMIUM` says. */
const path = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why no page can be looked at here; undefined where one can. */
export const noBrowser = existsSync(path) ? undefined : `there is no browser at ${path}: apt-get install chromium`;

/** A browser that asks nobody but the page's own server. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: path,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
