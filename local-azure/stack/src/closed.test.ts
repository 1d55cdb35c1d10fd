import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalAzure, startLocalAzure } from "./index.ts";
import { withReceipts } from "./testing/topology.ts";

let folder: string;
let azure: LocalAzure;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-closed-"));
  azure = await startLocalAzure({ ...withReceipts, sites: () => [{ name: "empty" }] }, { folder });
}, 60_000);
afterAll(async () => {
  await azure.close();
  await rm(folder, { recursive: true, force: true });
});

const servers = {
  storage: () => azure.addresses.blobEndpoint,
  "service bus": () => `https://${azure.addresses.serviceBusNamespace}`,
  "event grid": () => Object.values(azure.addresses.topicEndpoints)[0] ?? "",
  "resource manager": () => azure.addresses.resourceManagerEndpoint,
  "an app": () => azure.sites[0]?.endpoint ?? "",
  "a deployment service": () => azure.sites[0]?.scmEndpoint ?? "",
};
const names = Object.keys(servers) as (keyof typeof servers)[];

const statusOf = (url: URL, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(url, { headers, servername: "localhost" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

describe.each(names)("%s", (name) => {
  test("refuses what comes by another name of this machine, or from a page of somebody else's", async () => {
    const url = new URL(servers[name]());
    expect(await statusOf(url, { host: `evil.example:${url.port}` })).toBe(421);
    expect(await statusOf(url, { origin: "https://evil.example" })).toBe(403);
    expect(await statusOf(url, {})).not.toBe(421);
  });

  test("tells who speaks plain text to it that it speaks TLS", async () => {
    const { port } = new URL(servers[name]());
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    expect(await text(socket)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n(.*\r\n)*This port speaks TLS: ask by https\.\n$/,
    );
  });
});

describe("service bus", () => {
  test("answers AMQP in plain text with the header of AMQP over TLS", async () => {
    const socket = connect(Number(azure.addresses.serviceBusNamespace.split(":")[1]), "127.0.0.1");
    socket.write("AMQP\x00\x01\x00\x00", "latin1");
    expect(await text(socket)).toBe("AMQP\x02\x01\x00\x00");
  });
});

test("what is kept is its owner's alone", async () => {
  const entries = await readdir(folder, { withFileTypes: true });
  expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(["storage", "service-bus", "app-service"]));
  for (const entry of entries) {
    const { mode } = await stat(join(folder, entry.name));
    if (entry.isDirectory()) expect([entry.name, (mode & 0o777).toString(8)]).toEqual([entry.name, "700"]);
  }
});
