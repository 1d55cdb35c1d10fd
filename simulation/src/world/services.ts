import { register as registerConsole } from "@ratchet/console";
import type { ServiceName } from "@ratchet/contracts";
import { register as registerWatcher } from "@ratchet/data-watcher";
import { type AppService, defaultLimits, type InferenceApp, register as registerDeployer } from "@ratchet/deployer";
import { type Registry, register as registerEvaluator } from "@ratchet/evaluator";
import { type ConnectedService, type Connections, connectService, type Functions } from "@ratchet/messaging";
import { register as registerRunner, type Workspace } from "@ratchet/training-runner";
import { openStandIn, raceStandIns } from "./stand-in-model.ts";

/** What the services stand on beside storage and messages. */
export interface Gateways {
  readonly workspace: Workspace;
  readonly registry: Registry;
  readonly appService: AppService;
  readonly inferenceApp: InferenceApp;
}

/** Starts a service: the very code that runs on Azure, over the connections and gateways of the simulation. */
export function startService(
  name: ServiceName,
  functions: Functions<never>,
  connections: Connections,
  { workspace, registry, appService, inferenceApp }: Gateways,
): void {
  const connect = <Name extends ServiceName>(service: Name): ConnectedService<Name> =>
    connectService(service, connections);
  const starters: Readonly<Record<ServiceName, () => void>> = {
    "data-watcher"() {
      const stores = connect("data-watcher");
      registerWatcher(functions, { stores, outbox: stores.outbox });
    },
    "training-runner"() {
      const stores = connect("training-runner");
      registerRunner(functions, { stores, workspace, outbox: stores.outbox });
    },
    evaluator() {
      const stores = connect("evaluator");
      registerEvaluator(functions, {
        stores,
        openModel: openStandIn,
        raceModels: raceStandIns,
        outbox: stores.outbox,
        registry,
      });
    },
    deployer() {
      const stores = connect("deployer");
      const { outbox } = stores;
      registerDeployer(functions, { stores, outbox, appService, inferenceApp, limits: defaultLimits });
    },
    console: () => registerConsole(functions, { stores: connect("console") }),
  };
  starters[name]();
}
