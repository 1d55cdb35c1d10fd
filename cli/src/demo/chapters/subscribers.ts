import { modelPromoted } from "@ratchet/contracts";
import { patience } from "../../observe/patience.ts";
import type { Stage } from "../stage.ts";

/** Chapter 6: what the subscriber received. Told last, so that it speaks of every promotion. */
export async function subscribers(stage: Stage): Promise<void> {
  const { progress, observer, subscriber, observe } = stage;
  progress.heading("6  An app team's webhook, subscribed to ratchet.model.promoted.v1");
  const promotions = observer.all(modelPromoted).map(({ id }) => id);
  await observer.until(
    "a delivery for each promotion",
    async () => (subscriber.received.length >= promotions.length ? true : undefined),
    patience.soon,
  );
  const received = subscriber.received.map(({ id }) => id);
  const once = promotions.every((id) => received.filter((other) => other === id).length === 1);
  const faults = subscriber.received.flatMap((event) => subscriber.faultsOf(event));
  progress.done(
    `${received.length} events received for ${promotions.length} promotions, ${faults.length} faults against the published schema`,
  );
  observe(6, "the endpoint was asked before anything was delivered", subscriber.handshakes >= 1, {
    handshakes: subscriber.handshakes,
  });
  observe(
    6,
    "exactly one event per promotion",
    once && received.length === promotions.length && promotions.length > 0,
    { promotions, received },
  );
  observe(6, "each is valid against the published JSON Schema", faults.length === 0 && received.length > 0, { faults });
}
