import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authorization, createAuthorization } from "@local-azure/authorization";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  createRoleAssignmentProvider,
  keptAssignments,
  openResourceStore,
  type ResourceManager,
  type ResourceStore,
  type RoleAssignmentResource,
  startResourceManager,
} from "../index.ts";

const group = "/subscriptions/s/resourceGroups/g";
const shed = `${group}/providers/Microsoft.Sheds/sheds/a`;
const reader =
  "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";

let folder: string;
let authority: Awaited<ReturnType<typeof createCertificateAuthority>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resource-manager-"));
  authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let store: ResourceStore<RoleAssignmentResource>;
let authorization: Authorization;
let manager: ResourceManager;
beforeEach(async () => {
  store = openResourceStore();
  authorization = createAuthorization({
    assignments: [
      { principalId: "owner", role: "Owner", scope: group },
      { principalId: "contributor", role: "Contributor", scope: group },
    ],
    names: { visitor: "id-visitor" },
  });
  manager = await startResourceManager({
    tls: authority.server,
    providers: [
      { namespace: "Microsoft.Sheds", handle: async () => ({ status: 200, body: {} }) },
      createRoleAssignmentProvider(authorization, store),
    ],
    access: { verifyToken: (token) => ({ oid: token }), require: authorization.require },
  });
  return () => manager.close();
});

/** The token is the name of who asks. */
const ask = async (as: string, method: string, path: string, body?: object) => {
  const response = await fetch(`${manager.endpoint}${path}?api-version=2022-04-01`, {
    method,
    headers: { authorization: `Bearer ${as}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
};
const assignment = `${shed}/providers/Microsoft.Authorization/roleAssignments/0f1e2d3c-0000-4000-8000-000000000001`;
const properties = { roleDefinitionId: reader, principalId: "visitor" };

describe("who may do what", () => {
  test("is asked before anything else: a refusal names the missing action and tells nothing of the resource", async () => {
    expect(await ask("visitor", "GET", shed)).toEqual({
      status: 403,
      body: {
        error: {
          code: "AuthorizationFailed",
          message: expect.stringContaining(
            `The client 'id-visitor' with object id 'visitor' does not have authorization to perform action 'Microsoft.Sheds/sheds/read' over scope '${shed}'`,
          ),
        },
      },
    });
    expect((await ask("owner", "GET", shed)).status).toBe(200);
  });

  test("is given by who may assign roles, for a resource, and read back", async () => {
    expect((await ask("contributor", "PUT", assignment, { properties })).body.error.message).toContain(
      "'Microsoft.Authorization/roleAssignments/write'",
    );
    expect(await ask("owner", "PUT", assignment, { properties })).toMatchObject({ status: 201 });
    expect((await ask("visitor", "GET", shed)).status).toBe(200);
    expect((await ask("visitor", "DELETE", shed)).status).toBe(403);
    expect((await ask("visitor", "GET", `${shed}-2`)).status).toBe(403);
    expect((await ask("owner", "GET", assignment)).body).toMatchObject({ properties: { ...properties, scope: shed } });
  });

  test("is given once: the same again is no error, something else under the name is", async () => {
    await ask("owner", "PUT", assignment, { properties });
    expect((await ask("owner", "PUT", assignment, { properties })).status).toBe(200);
    const other = { properties: { ...properties, principalId: "another" } };
    expect((await ask("owner", "PUT", assignment, other)).body.error.code).toBe("RoleAssignmentExists");
    expect(keptAssignments(store)).toEqual([{ ...properties, role: reader, scope: shed }]);
  });

  test("is no role that does not exist", async () => {
    const unknown = { properties: { ...properties, roleDefinitionId: `${reader.slice(0, -1)}0` } };
    expect(await ask("owner", "PUT", assignment, unknown)).toMatchObject({
      status: 404,
      body: { error: { code: "RoleDefinitionDoesNotExist" } },
    });
  });
});
