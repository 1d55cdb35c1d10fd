import { AxeBuilder } from "@axe-core/playwright";
import type { ReleaseManifest } from "@ratchet/contracts";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, startBrowser } from "./testing/browser.ts";
import { everything } from "./testing/everything.ts";
import { fixture, sha256 } from "./testing/packages.ts";
import { penguins, penguinsManifest, withColumns } from "./testing/penguins.ts";
import { type ServedPackage, servePackage } from "./testing/serve-package.ts";

const pictures = await fixture("pictures");

/** A release of a model that says whether what is in a picture of 28 × 28 points is rather wide or tall. */
const picturesManifest: ReleaseManifest = {
  ...penguinsManifest,
  model: "pictures",
  onnx: sha256(pictures),
  signature: {
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 784] }],
    outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 2] }],
    classes: ["wide", "tall"],
    rows: {
      columns: [{ name: "pixel[0..783]", type: "integer", min: 0, max: 255, optional: false }],
      label: { name: "form" },
    },
  },
  golden: { input: "features", output: "scores", rows: [new Array(784).fill(0)], expected: [[0, 0]], tolerance: 1e-4 },
};

if (noBrowser) console.warn(`the page is not tested: ${noBrowser}`);

describe.skipIf(noBrowser)("the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  /** Opens a server's page, and notes what the browser complains about. */
  async function open(served: ServedPackage, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(served.url);
    await page.waitForSelector("#form button[type=submit], #trouble:not([hidden])");
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  const said = (page: Page) => page.locator("#prediction .said").textContent();
  const release = `${"a".repeat(16)}-${penguinsManifest.onnx.slice(0, 16)}`;

  test("has a form of the model's columns, and says what it predicts and which release it is", async () => {
    await using served = await servePackage({ manifest: penguinsManifest, onnx: penguins });
    await using opened = await open(served);
    const { page, complaints } = opened;
    expect(await page.locator("h1").textContent()).toBe("penguins");
    expect(await page.locator("#release").textContent()).toContain(release);
    expect(await page.locator("label").allTextContents()).toEqual([
      "island",
      "bill",
      "mass",
      "seen",
      "tagged",
      "band1",
      "band2",
    ]);
    await page.getByLabel("island").selectOption("Torgersen");
    await page.getByLabel("bill").fill("10");
    await page.getByLabel("seen").fill("2024-01-02");
    await page.getByLabel("band1").fill("7");
    await page.getByRole("button", { name: "Predict" }).click();
    await page.waitForSelector("#prediction .said");
    expect(await said(page)).toMatch(/^Gentoo/);
    expect(await page.locator("#prediction progress").count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  test("tells what the model refuses, in its words", async () => {
    await using served = await servePackage({ manifest: penguinsManifest, onnx: penguins });
    await using opened = await open(served);
    const { page } = opened;
    await page.getByLabel("bill").fill("1000");
    await page.getByRole("button", { name: "Predict" }).click();
    await page.waitForSelector("#prediction .wrong");
    expect(await page.locator("#prediction .wrong").textContent()).toBe("row 0, column bill: 1000 is greater than 100");
  });

  test("has a place to draw in for a model that takes one picture, and asks with each stroke", async () => {
    await using served = await servePackage({ manifest: picturesManifest, onnx: pictures });
    await using opened = await open(served);
    const { page, complaints } = opened;
    const box = (await page.locator("canvas").boundingBox()) ?? expect.fail("there is no place to draw in");
    const stroke = async (from: readonly [number, number], to: readonly [number, number]) => {
      await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 5 });
      await page.mouse.up();
    };
    await stroke([0.2, 0.2], [0.8, 0.2]);
    await expect.poll(() => said(page)).toMatch(/^wide/);
    await page.getByRole("button", { name: "Clear" }).click();
    await stroke([0.1, 0.2], [0.1, 0.9]);
    await expect.poll(() => said(page)).toMatch(/^tall/);
    expect(complaints).toEqual([]);
  });

  test("has tensors to change by hand for a release that tells no columns", async () => {
    await using served = await servePackage(await everything());
    await using opened = await open(served);
    const { page } = opened;
    await page.getByRole("button", { name: "Predict" }).click();
    await page.waitForSelector("#prediction pre");
    expect(JSON.parse((await page.locator("#prediction pre").textContent()) ?? "")).toHaveLength(13);
  });

  test("gives requests for other languages that are answered as the page's own", async () => {
    await using served = await servePackage({ manifest: penguinsManifest, onnx: penguins });
    await using opened = await open(served);
    const { page } = opened;
    const code = async (language: string) => {
      await page.getByRole("button", { name: language }).click();
      return (await page.locator("#code").textContent()) ?? "";
    };
    const [, body = ""] = /--data '(.*)'/s.exec(await code("curl")) ?? [];
    expect(await served.infer(body)).toMatchObject({ status: 200 });
    expect(await code("Python")).toContain(`requests.post("${served.url}/v2/models/penguins/infer"`);
    expect(await code("TypeScript")).toContain(`fetch("${served.url}/v2/models/penguins/infer"`);
  });

  test("shows names and categories as text, whatever they are", async () => {
    const script = "<img src=x onerror=alert(1)>'\"";
    const manifest = withColumns(([island, ...others]) => [
      { ...island, name: script, values: ["Biscoe", "Dream", "Torgersen"], optional: true },
      ...others,
    ]);
    const plain = await fixture("penguins-plain");
    await using served = await servePackage({ manifest: { ...manifest, onnx: sha256(plain) }, onnx: plain });
    await using opened = await open(served);
    const { page, complaints } = opened;
    expect(await page.locator("label").first().textContent()).toBe(script);
    expect(await page.locator("img").count()).toBe(0);
    await page.getByRole("button", { name: "Predict" }).click();
    await page.waitForSelector("#prediction .said");
    expect(complaints).toEqual([]);
  });

  test("says what is wrong where no model is served", async () => {
    await using served = await servePackage({ manifest: undefined });
    await using opened = await open(served);
    expect(await opened.page.locator("#trouble").textContent()).toMatch(/cannot be asked: the package holds no model/);
  });

  test.each(["light", "dark"] as const)(
    "can be used by everybody, on a phone too, where it is %s",
    async (colorScheme) => {
      await using served = await servePackage({ manifest: penguinsManifest, onnx: penguins });
      await using opened = await open(served, { colorScheme, viewport: { width: 360, height: 740 } });
      const { page } = opened;
      await page.getByRole("button", { name: "Predict" }).click();
      await page.waitForSelector("#prediction .said");
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      const wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(wider).toBe(0);
    },
  );
});
