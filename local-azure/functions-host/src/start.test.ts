import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority } from "@local-azure/identity";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { type LogRecord, startFunctionApp } from "./index.ts";
import { temporaryApp } from "./testing/temporary-app.ts";

const importApp = `import { app } from "@azure/functions";\n`;
const helloApp = `${importApp}app.http("hello", { methods: ["GET"], authLevel: "anonymous", handler: async () => ({ body: "hello" }) });`;

async function startOf(
  source: string,
  host: object | null = {},
  manifest: object = {},
  settings: Record<string, string> = {},
) {
  await using app = await temporaryApp(source, host, manifest);
  await using running = await startFunctionApp({ name: "test", directory: app.directory, settings });
  return running.functions;
}

describe("what an app may look like", () => {
  test("a CommonJS bundle with everything in one file runs", async () => {
    const folder = await mkdtemp(join(tmpdir(), "function-app-"));
    await writeFile(join(folder, "host.json"), `{"version":"2.0"}`);
    await writeFile(join(folder, "package.json"), `{"main":"dist/functions.cjs"}`);
    await build({
      stdin: { contents: helloApp, resolveDir: new URL(".", import.meta.url).pathname },
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["@azure/functions-core"],
      outfile: join(folder, "dist/functions.cjs"),
      logLevel: "error",
    });
    await using app = await startFunctionApp({ name: "bundle", directory: folder });
    expect(await (await fetch(`${app.endpoint}/api/hello`)).text()).toBe("hello");
    await rm(folder, { recursive: true });
  });

  test("an app serves https with the certificate it is given", async () => {
    const folder = await mkdtemp(join(tmpdir(), "function-app-ca-"));
    const { server } = await createCertificateAuthority(folder);
    await using files = await temporaryApp(helloApp);
    await using app = await startFunctionApp({ name: "secure", directory: files.directory, tls: server });
    expect(app.endpoint).toBe(`https://localhost:${app.port}`);
    await expect(fetch(`${app.endpoint}/api/hello`)).rejects.toThrow("fetch failed");
    await rm(folder, { recursive: true });
  });

  test("an app without functions starts, with a warning", async () => {
    const logs: LogRecord[] = [];
    await using files = await temporaryApp(importApp);
    await using app = await startFunctionApp({
      name: "empty",
      directory: files.directory,
      onLog: (record) => logs.push(record),
    });
    expect(app.functions).toEqual([]);
    await app.drain();
    expect(logs.map((log) => log.message)).toContain("No functions found: the app registers none.");
  });

  test("a warm-up function has run before the app is ready", async () => {
    const source = `${importApp}let warm = false;
      app.warmup("warm", { handler: async () => { warm = true; } });
      app.http("isWarm", { authLevel: "anonymous", handler: async () => ({ jsonBody: warm }) });`;
    await using files = await temporaryApp(source);
    await using app = await startFunctionApp({ name: "warm", directory: files.directory });
    expect(await (await fetch(`${app.endpoint}/api/isWarm`)).json()).toBe(true);
  });

  test("only the functions that host.json lists are enabled", async () => {
    const functions = await startOf(`${helloApp}app.http("other", { handler: async () => ({}) });`, {
      functions: ["hello"],
    });
    expect(functions.map(({ name, disabled }) => [name, disabled])).toEqual([
      ["hello", false],
      ["other", true],
    ]);
  });
});

describe("an app that cannot run is refused at its start with the reason", () => {
  const trigger = (call: string) => `${importApp}${call}`;
  test.each<[string, Parameters<typeof startOf>, RegExp]>([
    ["no host.json", [helloApp, null], /no host\.json/],
    ["a host.json of another version", [helloApp, { version: "1.0" }], /version is "1.0"; it has to be "2.0"/],
    [
      "a time-out that is no time span",
      [helloApp, { functionTimeout: "5 minutes" }],
      /functionTimeout: "5 minutes" is not a time span/,
    ],
    ["no main", [helloApp, {}, { main: "" }], /has no "main"/],
    ["a main that matches nothing", [helloApp, {}, { main: "dist/*.js" }], /"dist\/\*\.js", which matches no file/],
    [
      "an entry point that throws",
      [`throw new Error("broken on load")`],
      /Entry point "main\.js" failed to load: broken on load/,
    ],
    [
      "an error that nobody catches while it loads",
      [`setTimeout(() => { throw new Error("too late to catch"); }); await new Promise(() => {});`],
      /too late to catch/,
    ],
    ["an entry point that ends the process", [`process.exit(7)`], /Its process ended with code 7/],
    ["two functions of one name", [helloApp + helloApp.replace(importApp, "")], /"hello" has already been registered/],
    [
      "a trigger that is not supported",
      [trigger(`app.cosmosDB("feed", { connection: "c", databaseName: "d", containerName: "e", handler() {} });`)],
      /Function "feed", binding "cosmosDBTrigger\w+": the trigger type "cosmosDBTrigger" is not supported/,
    ],
    [
      "an output binding",
      [
        trigger(`import { output } from "@azure/functions";
      app.http("copy", { extraOutputs: [output.storageBlob({ name: "copied", path: "a/b", connection: "c" })], handler() {} });`),
      ],
      /Function "copy", binding "copied": the output binding type "blob" is not supported/,
    ],
    [
      "a route that cannot be read",
      [trigger(`app.http("bad", { route: "a/{id:colour}", handler() {} });`)],
      /Function "bad".*constraint "colour" is not known/,
    ],
    [
      "a Service Bus connection that is not set",
      [trigger(`app.serviceBusQueue("work", { queueName: "q", connection: "Bus", handler() {} });`)],
      /Function "work".*"Bus" is not configured. Set the app setting "Bus__fullyQualifiedNamespace"/,
    ],
    [
      "a setting that is referred to and not set",
      [trigger(`app.timer("tick", { schedule: "%WHEN%", handler() {} });`)],
      /Function "tick".*refers to the app setting "WHEN", which is not set/,
    ],
    [
      "a schedule that cannot be read",
      [trigger(`app.timer("tick", { schedule: "0 61 * * * *", handler() {} });`)],
      /Function "tick".*schedule "0 61 \* \* \* \*" cannot be read/,
    ],
  ])("%s", async (_, app, reason) => {
    const failure = await startOf(...app).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "FunctionAppStartError", message: expect.stringMatching(reason) });
  });

  test("with the last lines that its process printed", async () => {
    const failure = await startOf(`console.error("no licence");process.exit(7);`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "FunctionAppStartError", output: ["no licence"] });
  });

  test("a folder that is not there", async () => {
    await expect(startFunctionApp({ name: "gone", directory: "/no/such/folder" })).rejects.toThrow(
      'Function app "gone" did not start. There is no folder /no/such/folder.',
    );
  });
});
