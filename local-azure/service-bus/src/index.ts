export type { AccessKey, AccessOptions } from "./access/access-policy.ts";
export { readConfigFile } from "./config-file/read-config-file.ts";
export type * from "./entities.ts";
export { forever } from "./entities.ts";
export {
  EntityExistsError,
  EntityNotFoundError,
  InvalidEntityError,
  ServiceBusError,
} from "./errors.ts";
export { type ServeOptions, serveServiceBus } from "./serve.ts";
export { PortInUseError, type TlsOptions } from "./server/one-port.ts";
export { type ServiceBus, type ServiceBusOptions, startServiceBus } from "./service-bus.ts";
export { StoreCorruptError, StoreError, StoreLockedError, StoreWriteError } from "./store/errors.ts";
export type { NewQueue, NewSubscription, NewTopic, Topology } from "./topology.ts";
