import { existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { forceModel, parseEnvelope, withdrawBatch } from "@ratchet/contracts";
import { listArchive, listLetters, readAudit } from "@ratchet/operators";
import { until } from "@ratchet/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { groundOf } from "../operator-ground.ts";
import { openWindow, startBrowser, type Window } from "../testing/browser.ts";
import { placeLetters, placeModel } from "../testing/console-records.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { testBatches } from "../testing/records.ts";
import { type RunningConsole, serveConsole } from "./serve.ts";

const built = existsSync(join(import.meta.dirname, "../../../services/console/dist/page/main.js"));
const soon = 20_000;
/** A browser starts, and looks at every element of a view for whoever cannot see it: that takes a while on a busy machine. */
const longest = 90_000;

let stage: TestDeployment;
let served: RunningConsole;
let origin: string;
beforeAll(async () => {
  expect(built, "the page is not built: run `pnpm build`").toBe(true);
  stage = await startTestDeployment();
  served = await serveConsole(stage.deployment);
  origin = new URL(served.address).origin;
});
afterAll(async () => {
  await served.close();
  await stage[Symbol.asyncDispose]();
});

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Asks the console as something that is no browser does: with any headers. */
const askFor = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const asking = request(`${origin}${path}`, { method, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    asking.on("error", reject);
    asking.end(method === "POST" ? "{}" : undefined);
  });

describe("the console", { timeout: longest }, () => {
  let browser: Browser;
  let window: Window;
  beforeAll(async () => {
    browser = await startBrowser();
    window = await openWindow(browser, { viewport: { width: 1440, height: 900 } });
    await window.page.goto(served.address);
  });
  afterAll(() => browser.close());

  const go = (path: string) => window.page.goto(`${origin}${path}`);
  const see = (text: string | RegExp) => window.page.getByText(text).first().waitFor({ timeout: soon });
  const ground = () => groundOf(stage.deployment);

  test("lets in once by its address, and nobody else", async () => {
    await see("All is well");
    await using other = await openWindow(browser);
    await other.page.goto(served.address);
    await other.page.getByText("The console is closed to this browser").waitFor({ timeout: soon });
    expect((await askFor("/api/overview")).status).toBe(401);
    await window.isAccessible();
    await window.picture("overview-calm");
  });

  test("refuses what another site asks for, by whatever name it calls this machine", async () => {
    const [{ name = "", value = "" } = {}] = await window.page.context().cookies();
    const cookie = `${name}=${value}`;
    const json = { "content-type": "application/json" };
    expect((await askFor("/api/overview", { cookie })).status).toBe(200);
    expect((await askFor("/api/overview", { cookie, host: "evil.example" })).status).toBe(403);
    for (const headers of [
      { ...json, origin: "https://evil.example" },
      { ...json, origin, "sec-fetch-site": "cross-site" },
      { origin, "content-type": "text/plain" },
      json,
    ])
      expect((await askFor("/api/operations", { cookie, ...headers }, "POST")).status).toBe(403);
    expect((await askFor("/api/operations", { cookie, ...json, origin }, "POST")).status).toBe(400);
    expect((await askFor("//", { cookie })).status).toBeGreaterThanOrEqual(400);
    expect((await askFor("/../package.json", { cookie })).status).toBe(404);
  });

  test("allows no inline code and nothing from elsewhere", async () => {
    const { headers } = await askFor("/style.css");
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(String(headers["content-security-policy"])).not.toContain("unsafe");
  });

  test("shows dead letters as they come, by their cause, as text that is never run", async () => {
    await go("/");
    await see("All is well");
    await placeModel(stage.deployment, "digits", 13);
    await placeModel(stage.deployment, "house-prices", 0);
    await placeLetters(stage.deployment, 12);
    // Told by the console itself: nobody has loaded the page again.
    await see(/12 dead letters: UnknownModelError/);
    await see("no model named <img src=x onerror=alert(0)> is applied");
    await window.isAccessible();
    await window.picture("overview");
    await go("/dead-letters");
    await see("admitDrop (functions.cjs)");
    await see("1, up to 2×");
    await window.isAccessible();
    await window.picture("dead-letters");
  });

  test("replays a group with a reason, shows how far it is, and what came of it", async () => {
    const { page } = window;
    await go("/dead-letters");
    await page.getByRole("link", { name: "UnknownModelError", exact: true }).click();
    await page.getByRole("button", { name: "Replay 12" }).click();
    await page.getByRole("dialog").waitFor();
    await window.isAccessible();
    await window.picture("replay");
    await page.getByLabel("Reason", { exact: true }).fill("the model is applied now");
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await see(/12 of 12 letters/);
    await see("No dead letter fits.");
    expect(await listLetters(ground(), "training-due")).toEqual([]);
    const waiting = await stage.deployment.serviceBus().createReceiver("training-due").peekMessages(100);
    expect(waiting).toHaveLength(12);
    expect(await readAudit(ground().documents)).toMatchObject([
      { action: "replay", outcome: "12 of 12", reason: "the model is applied now" },
      { action: "replay", outcome: "asked" },
    ]);
  });

  test("shows all of a letter; edited until it fits its schema, it is sent, and the original archived", async () => {
    const { page } = window;
    const [letter] = await listLetters(ground(), "train-model");
    await go(`/dead-letters/${encodeURIComponent(letter?.id ?? "")}`);
    await see("Faults by its schema");
    await see("at admitDrop (/app/dist/functions.cjs:4711:9)");
    await see("2× before");
    const send = page.getByRole("button", { name: "Send the edit" });
    await page.locator("[aria-live] code", { hasText: "data.reason" }).waitFor();
    expect(await send.isDisabled()).toBe(true);
    await window.isAccessible();
    await window.picture("dead-letter");
    await page.getByLabel("Data").fill(JSON.stringify({ model: "digits", through: 17, reason: "request" }));
    await see("It fits its schema.");
    await send.click();
    await page.getByLabel("Reason", { exact: true }).fill("a typo of ours");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await see(/1 of 1 letter/);
    const [sent] = await stage.deployment.serviceBus().createReceiver("train-model").peekMessages(1);
    expect(parseEnvelope(sent?.body)).toMatchObject({ causationid: letter?.message, data: { reason: "request" } });
    expect(await listArchive(ground().documents)).toMatchObject([
      { letter: { id: letter?.id }, editedInto: sent?.body.id },
    ]);
    await go("/archive");
    await see("a typo of ours");
    await window.isAccessible();
  });

  test("shows a model with its champions, runs and metric, and asks for another version with a reason", async () => {
    const { page } = window;
    await go("/models/digits");
    await page.locator(".chart svg").waitFor({ timeout: soon });
    await see("ValueError: <b>loss</b> is not a number");
    await window.isAccessible();
    await window.picture("model");
    await page.getByRole("button", { name: "Promote…" }).click();
    await page.getByRole("dialog").getByLabel("Version").selectOption("13");
    await page.getByLabel("Reason", { exact: true }).fill("the fair is tomorrow");
    await page.getByRole("button", { name: "Promote", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const receiver = await stage.deployment.serviceBus().acceptSession("operate-model", "digits");
    const [asked] = await receiver.receiveMessages(1);
    await receiver.close();
    expect(parseEnvelope(asked?.body)).toMatchObject({
      type: forceModel.type,
      data: { model: "digits", version: "13", reason: "the fair is tomorrow" },
    });
    await go("/audit");
    await see("the fair is tomorrow");
    await window.isAccessible();
  });

  test("asks to withdraw a batch", async () => {
    const { page } = window;
    await go("/models/digits/batches");
    await page.getByRole("button", { name: "Withdraw" }).first().click();
    await page.getByLabel("Reason", { exact: true }).fill("blurred");
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await window.isAccessible();
    await window.picture("batches");
    const [sent] = await until("the command", async () => {
      const found = await stage.deployment.serviceBus().createReceiver("data-dropped").peekMessages(1);
      return found.length > 0 && found;
    });
    expect(parseEnvelope(sent?.body)).toMatchObject({
      type: withdrawBatch.type,
      data: { model: "digits", batch: testBatches[1]?.batch, reason: "blurred" },
    });
  });

  test.each(["/runs", "/operations", "/queues", "/nowhere"])(
    "has a view at %s that everybody can use",
    async (path) => {
      await go(path);
      await window.page.getByRole("heading", { level: 1 }).waitFor();
      await window.page.getByText("Looking…").waitFor({ state: "detached", timeout: soon });
      await window.isAccessible();
      await window.picture(path.slice(1));
    },
  );

  test("fits a phone, and the dark", async () => {
    const { page } = window;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "dark" });
    for (const path of ["/", "/models/digits", "/dead-letters", "/runs"]) {
      await go(path);
      await page.getByText("Looking…").waitFor({ state: "detached", timeout: soon });
      if (path === "/") await window.isAccessible();
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(wide, path).toBeLessThanOrEqual(390);
      await window.picture(`phone${path.replaceAll("/", "-")}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await go("/models/digits");
    await page.locator(".chart svg").waitFor({ timeout: soon });
    await window.picture("model-dark");
  });

  test("is used by keys alone", async () => {
    const { page } = window;
    await go("/");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate<string>("document.activeElement.textContent")).toBe("To the content");
    for (let press = 0; press < 4; press += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/dead-letters/);
  });

  test("had no error all the while: none of a script, none of the policy", () => {
    expect(window.troubles).toEqual([]);
  });
});
