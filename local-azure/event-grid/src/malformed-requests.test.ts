import { sendMalformedRequests } from "@local-azure/http/testing";
import { expect, test } from "vitest";
import { startEventGrid } from "./index.ts";
import { prepareSurroundings } from "./testing/surroundings.ts";

test("no request ends Event Grid, and a good one is answered after all of them", async () => {
  await using surroundings = await prepareSurroundings();
  const grid = await startEventGrid({ tls: surroundings.tls, topics: [{ name: "t", keys: ["a2V5", "a2V5"] }] });
  const { port } = new URL(grid.topicEndpoint("t"));
  const topic = "/t/api/events?api-version=2018-01-01";
  const aftermath = await sendMalformedRequests({
    port: Number(port),
    tls: true,
    paths: [topic, "/t/%/events", "/confirmations/%", "/t/api/events?api-version=%"],
    headers: { "aeg-sas-key": "a2V5" },
    readHeaders: ["aeg-sas-key", "aeg-sas-token", "ce-specversion", "ce-id"],
  });
  expect(aftermath).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
  expect(aftermath.tried).toBeGreaterThan(150);
  const event = { specversion: "1.0", id: "1", source: "/a", type: "b" };
  const response = await fetch(`https://localhost:${port}${topic}`, {
    method: "POST",
    headers: { "aeg-sas-key": "a2V5", "content-type": "application/cloudevents+json" },
    body: JSON.stringify(event),
  });
  expect(response.status).toBe(200);
  await grid.close();
}, 60_000);
