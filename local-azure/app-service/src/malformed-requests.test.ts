import { sendMalformedRequests } from "@local-azure/http/testing";
import { expect, test } from "vitest";
import { packageOf } from "./testing/package-of.ts";
import { useLocalAzure, versionAt } from "./testing/site-tests.ts";

const tests = useLocalAzure();

test("no request ends a site's front or its deployment service, and good ones are answered after all of them", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const token = await tests.azure.token();

  const front = await sendMalformedRequests({
    port: Number(new URL(site).port),
    tls: true,
    paths: ["/version", "/echo", "/admin/functions/%"],
    readHeaders: ["x-forwarded-for", "te", "connection"],
  });
  expect(front).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
  expect(front.tried).toBeGreaterThan(150);
  expect(await versionAt(site)).toMatchObject({ version: "1" });

  const deployments = await sendMalformedRequests({
    port: Number(new URL(scm).port),
    tls: true,
    paths: ["/api/deployments/%", "/api/publish?type=%", "/api/zipdeploy?isAsync=%", "/api/deployments/latest"],
    headers: { authorization: `Bearer ${token}` },
  });
  expect(deployments).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
  expect(deployments.tried).toBeGreaterThan(150);
  expect(await tests.azure.publish(scm, await packageOf("2"))).toMatchObject({ status: 4 });
  expect(await versionAt(site)).toMatchObject({ version: "2" });
}, 60_000);
