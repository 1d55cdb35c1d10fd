import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

/** A browser's window, and all that went wrong in it. */
export interface Window extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts, of the console, and what the security policy refused. */
  readonly troubles: readonly string[];
  /** Nothing that axe finds wrong. */
  isAccessible(): Promise<void>;
  /** Kept as a picture where RATCHET_SCREENSHOTS names a folder: to look at. */
  picture(name: string): Promise<void>;
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["RATCHET_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });

export async function openWindow(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Window & { readonly context: BrowserContext }> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  return {
    context,
    page,
    troubles,
    async isAccessible() {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      expect(found, page.url()).toEqual([]);
    },
    async picture(name) {
      const folder = process.env["RATCHET_SCREENSHOTS"];
      if (folder === undefined) return;
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
