import { RetryMode, ServiceBusClient } from "@azure/service-bus";
import type { ServiceBusSettings } from "../host-json.ts";
import type { ServiceBusConnection } from "./connection.ts";

/** A client for a trigger's connection; the identity SDK is loaded only where an identity is used. */
export async function createClient(
  connection: ServiceBusConnection,
  { retry }: ServiceBusSettings,
): Promise<ServiceBusClient> {
  const options = {
    retryOptions: {
      mode: RetryMode.Exponential,
      maxRetries: retry.maxRetries,
      retryDelayInMs: retry.delayMs,
      maxRetryDelayInMs: retry.maxDelayMs,
      timeoutInMs: retry.tryTimeoutMs,
    },
  };
  if ("connectionString" in connection) return new ServiceBusClient(connection.connectionString, options);
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import("@azure/identity");
  const { clientId } = connection;
  const credential = connection.managedIdentity
    ? new ManagedIdentityCredential(clientId === undefined ? {} : { clientId })
    : new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
  return new ServiceBusClient(connection.fullyQualifiedNamespace, credential, options);
}
