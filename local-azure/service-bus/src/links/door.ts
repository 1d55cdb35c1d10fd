import type { AccessPolicy, Grant } from "../access/access-policy.ts";
import { maxFrameSize } from "../amqp/frame-gate.ts";
import { createContainer, type RheaContainer } from "../amqp/rhea.ts";

/** Unsettled deliveries that one AMQP session can have; incoming ones must exceed the credit of producers. */
const sessionWindow = { incoming: 8192, outgoing: 65_536 };
/** Half of the time after which a silent client is taken for dead, in milliseconds. */
const idleTimeOutMs = 60_000;

/** Where connections come in. */
export interface ConnectionDoor {
  readonly container: RheaContainer;
  /** What those may do who have shown a key by SASL PLAIN, by the name of the key. */
  readonly plainGrants: ReadonlyMap<string, Grant>;
}

/** What the broker says of itself on every connection. */
export const connectionOptions = {
  container_id: "local-azure-service-bus",
  max_frame_size: maxFrameSize,
  channel_max: 4999,
  idle_time_out: idleTimeOutMs,
  session_buffer_size: sessionWindow,
  reconnect: false,
} as const;

/** The AMQP container that clients connect to, and the mechanisms by which they may say who they are. */
export function openDoor(access: AccessPolicy): ConnectionDoor {
  const container = createContainer({
    id: "local-azure-service-bus",
    receiver_options: { autoaccept: false, autosettle: false, credit_window: 0 },
    sender_options: { autosettle: false, treat_modified_as_released: false },
  });
  const plainGrants = new Map<string, Grant>();
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  mechanisms.enable_plain((keyName, key) => {
    try {
      plainGrants.set(keyName, access.admitPlain(keyName, key));
      return true;
    } catch {
      return false;
    }
  });
  // What the .NET SDK asks for: tokens follow on $cbs, so that nothing is to be shown here.
  mechanisms["MSSBCBS"] = () => ({ outcome: undefined, start: acceptAnybody });
  return { container, plainGrants };
}

function acceptAnybody(this: { outcome: boolean | undefined }): void {
  this.outcome = true;
}
