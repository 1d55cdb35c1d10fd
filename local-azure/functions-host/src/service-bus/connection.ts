import type { AppSettings } from "../app-settings.ts";
import { HostConfigurationError } from "../errors.ts";

/** How to reach a namespace: by a key, or by an identity. */
export type ServiceBusConnection =
  | { readonly connectionString: string }
  | {
      readonly fullyQualifiedNamespace: string;
      readonly managedIdentity: boolean;
      readonly clientId: string | undefined;
    };

/**
 * Finds a trigger's connection in the app settings, as the extension does: `<name>` or
 * `AzureWebJobs<name>` is a connection string; `<name>__fullyQualifiedNamespace` (with
 * `<name>__credential=managedidentity` and `<name>__clientId`, if wanted) is an identity.
 * @throws {HostConfigurationError} when settings are missing; it names them.
 */
export function serviceBusConnection(name: string, settings: AppSettings): ServiceBusConnection {
  const fullyQualifiedNamespace = settings.get(`${name}__fullyQualifiedNamespace`);
  if (fullyQualifiedNamespace !== undefined) {
    return {
      fullyQualifiedNamespace,
      managedIdentity: settings.get(`${name}__credential`)?.toLowerCase() === "managedidentity",
      clientId: settings.get(`${name}__clientId`),
    };
  }
  const connectionString = settings.get(name) ?? settings.get(`AzureWebJobs${name}`);
  if (connectionString !== undefined) return { connectionString };
  throw new HostConfigurationError(
    `the connection "${name}" is not configured. Set the app setting "${name}__fullyQualifiedNamespace" (identity) or "${name}" (connection string).`,
  );
}
