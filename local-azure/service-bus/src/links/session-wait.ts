import { holdAttach } from "../amqp/adjust.ts";
import type { RheaSender } from "../amqp/rhea.ts";
import { TimedOutError } from "../errors.ts";
import type { Dispatcher, SessionWaiter } from "../namespace/dispatcher.ts";
import type { SessionLock } from "../queue/locks.ts";
import { refuse } from "./link-handler.ts";

const defaultPatienceMs = 60_000;

/**
 * Has a link that asks for any session wait for one: its attach is answered when there is one, or refused when the time
 * is over that the client allows. Returns how to stop waiting.
 */
export function waitForSession(
  link: RheaSender,
  dispatcher: Dispatcher,
  onGranted: (lock: SessionLock) => void,
  onLost: () => void,
): () => void {
  holdAttach(link);
  const waiter: SessionWaiter = {
    onLost,
    grant(lock) {
      stopWaiting();
      onGranted(lock);
      link.open();
    },
    detach(error) {
      stopWaiting();
      refuse(link, error);
    },
  };
  const timer = setTimeout(() => {
    waiter.detach(new TimedOutError("No session with messages came free in the time allowed. Try again."));
  }, patienceOf(link));
  const stopWaiting = () => {
    clearTimeout(timer);
    dispatcher.stopWaiting(waiter);
  };
  dispatcher.wait(waiter);
  return stopWaiting;
}

function patienceOf(link: RheaSender): number {
  const asked = Number(link.remote.attach.properties?.["com.microsoft:timeout"]);
  return asked > 0 ? asked : defaultPatienceMs;
}
