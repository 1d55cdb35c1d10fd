import type { AppSettings } from "./app-settings.ts";
import { FunctionBindingError } from "./errors.ts";
import type { EventGridFunction } from "./event-grid.ts";
import type { FunctionInfo } from "./function-info.ts";
import type { HostSettings } from "./host-json.ts";
import { type HttpFunction, httpFunction } from "./http/http-trigger.ts";
import { type ServiceBusFunction, serviceBusFunction } from "./service-bus/function.ts";
import { type TimerFunction, timerFunction } from "./timer/function.ts";
import type { Binding } from "./worker/core-types.ts";
import type { Invocable } from "./worker/invoke.ts";
import type { RegisteredFunction } from "./worker/registry.ts";

/** The functions of an app by what starts them; disabled ones are only in `infos`. */
export interface FunctionTable {
  readonly infos: readonly FunctionInfo[];
  readonly http: readonly HttpFunction[];
  readonly serviceBus: readonly ServiceBusFunction[];
  readonly timers: readonly TimerFunction[];
  readonly eventGrid: readonly EventGridFunction[];
  readonly warmup: readonly Invocable[];
}

/**
 * Reads every function's bindings.
 * @throws {FunctionBindingError} when there is a binding that this host cannot serve.
 */
export function readFunctions(
  functions: Iterable<RegisteredFunction>,
  host: HostSettings,
  settings: AppSettings,
): FunctionTable {
  const infos: FunctionInfo[] = [];
  const table = {
    http: [] as HttpFunction[],
    serviceBus: [] as ServiceBusFunction[],
    timers: [] as TimerFunction[],
    eventGrid: [] as EventGridFunction[],
    warmup: [] as Invocable[],
  };
  for (const registered of functions) {
    const { name } = registered.metadata;
    const [triggerName, binding] = triggerOf(registered);
    refuseOtherBindings(registered, triggerName);
    const invocable: Invocable = { name, triggerName, registered };
    const disabled = settings.isDisabled(name) || (host.functions !== undefined && !host.functions.includes(name));
    const info = { name, trigger: binding.type, disabled };
    const many = binding["cardinality"] === "many";
    switch (binding.type.toLowerCase()) {
      case "httptrigger": {
        const fn = httpFunction(invocable, binding, host.routePrefix);
        infos.push({ ...info, route: fn.route, ...(fn.methods ? { methods: fn.methods } : {}) });
        if (!disabled) table.http.push(fn);
        break;
      }
      case "servicebustrigger": {
        const fn = serviceBusFunction(invocable, binding, host.serviceBus, settings);
        infos.push({ ...info, entity: fn.entity.path });
        if (!disabled) table.serviceBus.push(fn);
        break;
      }
      case "timertrigger": {
        const fn = timerFunction(invocable, binding, settings);
        infos.push({ ...info, schedule: fn.schedule.text });
        if (!disabled) table.timers.push(fn);
        break;
      }
      case "eventgridtrigger":
        infos.push(info);
        if (!disabled) table.eventGrid.push({ invocable, many });
        break;
      case "warmuptrigger":
        infos.push(info);
        if (!disabled) table.warmup.push(invocable);
        break;
      default:
        throw new FunctionBindingError(
          name,
          triggerName,
          `the trigger type "${binding.type}" is not supported by this host. It runs ${supportedTriggers}.`,
        );
    }
  }
  return { infos, ...table };
}

const supportedTriggers = "httpTrigger, serviceBusTrigger, timerTrigger, eventGridTrigger and warmupTrigger";

function triggerOf({ metadata }: RegisteredFunction): [string, Binding] {
  const trigger = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  if (!trigger) throw new FunctionBindingError(metadata.name, "(none)", "the function has no trigger.");
  return trigger;
}

/** Only `http` can be returned; a silent loss of an output would be found much later. */
function refuseOtherBindings({ metadata }: RegisteredFunction, triggerName: string): void {
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (name === triggerName || binding.type.toLowerCase() === "http") continue;
    const kind = binding.direction === "out" ? "output" : "input";
    throw new FunctionBindingError(
      metadata.name,
      name,
      `the ${kind} binding type "${binding.type}" is not supported by this host. Use the service's SDK in the handler instead.`,
    );
  }
}
