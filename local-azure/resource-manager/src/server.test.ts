import { mkdtemp, rm } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccessControl } from "@local-azure/authorization";
import { createCertificateAuthority } from "@local-azure/identity";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  ArmError,
  type ArmRequest,
  dispatch,
  type ResourceManager,
  type ResourceProvider,
  resourceNotFound,
  route,
} from "./index.ts";
import { startResourceManager } from "./server.ts";

const scope = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Sheds";
const apiVersion = "api-version=2024-01-01";

let folder: string;
let authority: Awaited<ReturnType<typeof createCertificateAuthority>>;
let manager: ResourceManager | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resource-manager-"));
  authority = await createCertificateAuthority(folder);
});
afterEach(async () => {
  await manager?.close();
  manager = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(handle: ResourceProvider["handle"], access?: AccessControl) {
  manager = await startResourceManager({
    tls: authority.server,
    providers: [{ namespace: "Microsoft.Sheds", handle }],
    ...(access ? { access } : {}),
  });
  return manager.endpoint;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: unknown;
}

function call(url: string, options: { method?: string; token?: string; body?: string } = {}): Promise<Answer> {
  const { method = "GET", token = "t", body } = options;
  return new Promise((resolve, reject) => {
    const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
    const outgoing = httpsRequest(url, { method, headers, ca: authority.caCertificate }, async (incoming) => {
      let text = "";
      for await (const chunk of incoming) text += chunk;
      const parsed = text === "" ? undefined : (JSON.parse(text) as unknown);
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const echo: ResourceProvider["handle"] = async ({ startOperation, ...request }) => ({ status: 200, body: request });
const refusal = (code: string) => ({ error: { code, message: expect.any(String) } });

describe("what reaches a provider", () => {
  test("a resource id is handed over taken apart, with its query and body", async () => {
    const endpoint = await start(echo);
    const { status, body } = await call(`${endpoint}${scope}/sheds/my%20shed/doors/d?${apiVersion}&$top=2`, {
      method: "PUT",
      body: `{"colour":"red"}`,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      method: "PUT",
      subscriptionId: "sub",
      resourceGroup: "group",
      namespace: "Microsoft.Sheds",
      segments: ["sheds", "my shed", "doors", "d"],
      body: { colour: "red" },
    } satisfies Partial<ArmRequest>);
  });

  test("an extension resource belongs to the provider that its path names last", async () => {
    const endpoint = await start(echo);
    const storage = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/sa";
    const { body } = await call(`${endpoint}${storage}/providers/microsoft.sheds/locks/l?${apiVersion}`);
    expect(body).toMatchObject({ scope: storage, segments: ["locks", "l"] });
  });

  test("a slash doubled before the resource id counts as one", async () => {
    const endpoint = await start(echo);
    const { status, body } = await call(`${endpoint}/${scope}/sheds/s?${apiVersion}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ path: `${scope}/sheds/s`, scope: "/subscriptions/sub/resourceGroups/group" });
  });
});

describe("what is refused at the door", () => {
  test.each([
    ["a call without a token", "", `${scope}/sheds/s?${apiVersion}`, 401, "AuthenticationFailed"],
    [
      "a call with a token that is not accepted",
      "forged",
      `${scope}/sheds/s?${apiVersion}`,
      401,
      "InvalidAuthenticationToken",
    ],
    ["a call without api-version", "t", `${scope}/sheds/s`, 400, "MissingApiVersionParameter"],
    [
      "a namespace that nobody provides",
      "t",
      `/subscriptions/s/providers/Microsoft.Barns/b/c?${apiVersion}`,
      404,
      "InvalidResourceNamespace",
    ],
    ["a path that is not a resource's", "t", `/sheds?${apiVersion}`, 404, "NotFound"],
    ["a path that cannot be decoded", "t", `${scope}/sheds/%zz?${apiVersion}`, 400, "BadRequest"],
    [
      "a poll of an operation that never was",
      "t",
      `${scope}/locations/local/operationResults/o?${apiVersion}`,
      404,
      "ResourceNotFound",
    ],
  ])("%s", async (_what, token, path, status, code) => {
    const endpoint = await start(echo, {
      verifyToken(given) {
        if (given === "forged") throw new Error("not one of ours");
        return { oid: given };
      },
    });
    expect(await call(endpoint + path, { token })).toMatchObject({ status, body: refusal(code) });
  });

  test("a body that is not JSON", async () => {
    const endpoint = await start(echo);
    const answer = await call(`${endpoint}${scope}/sheds/s?${apiVersion}`, { method: "PUT", body: "{" });
    expect(answer).toMatchObject({ status: 400, body: refusal("InvalidRequestContent") });
  });

  test("a body over the limit", async () => {
    const endpoint = await start(echo);
    const body = JSON.stringify("x".repeat(4 * 1024 * 1024));
    const answer = await call(`${endpoint}${scope}/sheds/s?${apiVersion}`, { method: "PUT", body });
    expect(answer).toMatchObject({ status: 413, body: refusal("RequestContentTooLarge") });
  });
});

describe("what a provider throws", () => {
  test("an ArmError is answered with its status, code and message", async () => {
    const endpoint = await start(async (request) => {
      throw resourceNotFound(request);
    });
    expect(await call(`${endpoint}${scope}/sheds/s?${apiVersion}`)).toMatchObject({
      status: 404,
      body: {
        error: {
          code: "ResourceNotFound",
          message: "The Resource 'Microsoft.Sheds/sheds/s' under resource group 'group' was not found.",
        },
      },
    });
  });

  test("any other error is a 500 that says what it was, and the server lives on", async () => {
    const endpoint = await start(async () => {
      throw new Error("the shed is on fire");
    });
    const answer = { status: 500, body: { error: { code: "InternalServerError", message: "the shed is on fire" } } };
    expect(await call(`${endpoint}${scope}/sheds/s?${apiVersion}`)).toMatchObject(answer);
    expect(await call(`${endpoint}${scope}/sheds/s?${apiVersion}`)).toMatchObject(answer);
  });
});

describe("long-running operations", () => {
  const url = (answer: Answer, header: string) => String(answer.headers[header]);

  test("are answered 202 and show their result at Location and their status at Azure-AsyncOperation", async () => {
    const work = Promise.withResolvers<unknown>();
    const endpoint = await start(async (request) => request.startOperation(() => work.promise));
    const accepted = await call(`${endpoint}${scope}/sheds/s/paint?${apiVersion}`, { method: "POST" });
    expect(accepted.status).toBe(202);

    const [result, status] = [call(url(accepted, "location")), call(url(accepted, "azure-asyncoperation"))];
    work.resolve({ colour: "green" });
    expect(await result).toMatchObject({ status: 200, body: { colour: "green" } });
    expect(await status).toMatchObject({ status: 200, body: { status: "Succeeded", properties: { colour: "green" } } });
  });

  test("are in progress as long as their work is", async () => {
    const work = Promise.withResolvers<unknown>();
    const endpoint = await start(async (request) => request.startOperation(() => work.promise));
    const accepted = await call(`${endpoint}${scope}/sheds/s/paint?${apiVersion}`, { method: "POST" });
    const [result, status] = await Promise.all([
      call(url(accepted, "location")),
      call(url(accepted, "azure-asyncoperation")),
    ]);
    expect(result).toMatchObject({ status: 202, headers: { location: accepted.headers["location"] } });
    expect(status).toMatchObject({ status: 200, body: { status: "InProgress" } });
    work.resolve(undefined);
    expect(await call(url(accepted, "location"))).toMatchObject({ status: 204, body: undefined });
  });

  test("that fail say so in both places", async () => {
    const endpoint = await start(async (request) =>
      request.startOperation(() => {
        throw new ArmError(409, "Conflict", "somebody else paints it");
      }),
    );
    const accepted = await call(`${endpoint}${scope}/sheds/s/paint?${apiVersion}`, { method: "POST" });
    const error = { error: { code: "Conflict", message: "somebody else paints it" } };
    expect(await call(url(accepted, "location"))).toMatchObject({ status: 409, body: error });
    expect(await call(url(accepted, "azure-asyncoperation"))).toMatchObject({
      status: 200,
      body: { status: "Failed", ...error },
    });
  });

  test("do not keep the server from closing while a poll is held", async () => {
    const endpoint = await start(async (request) => request.startOperation(() => new Promise(() => {})));
    const accepted = await call(`${endpoint}${scope}/sheds/s/paint?${apiVersion}`, { method: "POST" });
    const held = call(url(accepted, "location")).catch((error: Error) => error);
    await manager?.close();
    await held;
    await expect(call(`${endpoint}${scope}/sheds/s?${apiVersion}`)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("routes", () => {
  const routes = [
    route("GET", "sheds/{shed}", (_request, { shed }) => ({ status: 200, body: { shed } })),
    route("GET", "sheds/{shed}/doors/{door}", (_request, { shed, door }) => ({ status: 200, body: { shed, door } })),
  ];

  test("are found without regard to the case of the type and keep the spelling of the names", async () => {
    const endpoint = await start((request) => dispatch(routes, request));
    const { body } = await call(`${endpoint}${scope}/SHEDS/Mine/Doors/Front?${apiVersion}`);
    expect(body).toEqual({ shed: "Mine", door: "Front" });
  });

  test("tell a wrong method from a type that does not exist", async () => {
    const endpoint = await start((request) => dispatch(routes, request));
    const wrongMethod = await call(`${endpoint}${scope}/sheds/s?${apiVersion}`, { method: "PATCH" });
    const noSuchType = await call(`${endpoint}${scope}/barns/b?${apiVersion}`);
    expect(wrongMethod).toMatchObject({ status: 405, body: refusal("MethodNotAllowed") });
    expect(noSuchType).toMatchObject({ status: 404, body: refusal("InvalidResourceType") });
  });
});
