import { expect, test } from "vitest";
import { permissionFor } from "./permission.ts";
import { parseResourcePath } from "./resource-path.ts";

const group = "/subscriptions/s/resourceGroups/g";
const web = `${group}/providers/Microsoft.Web`;
const topic = `${group}/providers/Microsoft.EventGrid/topics/t`;
const locations = "/subscriptions/s/providers/Microsoft.Web/locations";

test.each([
  ["GET", `${web}/sites/a`, "Microsoft.Web/sites/read", `${web}/sites/a`],
  ["GET", `${web}/sites`, "Microsoft.Web/sites/read", group],
  ["GET", `${web}/sites/a/slots`, "Microsoft.Web/sites/slots/read", `${web}/sites/a`],
  ["PUT", `${web}/sites/a/slots/b`, "Microsoft.Web/sites/slots/write", `${web}/sites/a/slots/b`],
  ["PATCH", `${web}/sites/a`, "Microsoft.Web/sites/write", `${web}/sites/a`],
  ["DELETE", `${web}/sites/a`, "Microsoft.Web/sites/delete", `${web}/sites/a`],
  ["POST", `${web}/sites/a/slots/b/slotsswap`, "Microsoft.Web/sites/slots/slotsswap/action", `${web}/sites/a/slots/b`],
  [
    "POST",
    `${web}/sites/a/config/appsettings/list`,
    "Microsoft.Web/sites/config/list/action",
    `${web}/sites/a/config/appsettings`,
  ],
  [
    "PUT",
    `${topic}/providers/Microsoft.EventGrid/eventSubscriptions/n`,
    "Microsoft.EventGrid/eventSubscriptions/write",
    `${topic}/providers/Microsoft.EventGrid/eventSubscriptions/n`,
  ],
  [
    "GET",
    `${locations}/here/operationResults/o`,
    "Microsoft.Web/locations/operationResults/read",
    `${locations}/here/operationResults/o`,
  ],
])("%s %s needs %s", (method, path, action, scope) => {
  expect(permissionFor({ method, ...parseResourcePath(path) })).toEqual({ plane: "control", action, scope });
});
