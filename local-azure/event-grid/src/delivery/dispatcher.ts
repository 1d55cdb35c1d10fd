import type { EventSubscription } from "../subscription.ts";
import type { WriteDeadLetter } from "./dead-letter.ts";
import type { Deliver, Delivery, Fate } from "./delivery.ts";
import type { Journal } from "./journal.ts";
import { createLanes } from "./lanes.ts";
import { type DeliveryOutcome, nextStep } from "./retry-policy.ts";

/** What has become of a delivery, told after each step. */
export interface DeliveryReport {
  readonly delivery: Delivery;
  readonly step: "delivered" | "retried later" | "dead-lettered" | "dropped";
  /** Of the last attempt; undefined where there was none, because the subscription is gone. */
  readonly outcome?: DeliveryOutcome;
}

interface DispatcherOptions {
  readonly journal: Journal;
  readonly find: (topic: string, subscription: string) => EventSubscription | undefined;
  readonly deliver: Deliver;
  /** Undefined where there is no storage for dead letters. */
  readonly writeDeadLetter: WriteDeadLetter | undefined;
  readonly retryScale: number;
  readonly report: (report: DeliveryReport) => void;
}

/** Sees each delivery through: attempts, waiting times, and the dead letter at the end of vain ones. */
interface Dispatcher {
  start(deliveries: readonly Delivery[]): void;
  /** Lets attempts under way end; what is not done stays in the journal. */
  close(): Promise<void>;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { journal } = options;
  const timers = new Map<number, NodeJS.Timeout>();
  const lanes = createLanes();
  let closing = false;

  const schedule = (delivery: Delivery): void => {
    if (closing) return;
    const run = (): void => {
      timers.delete(delivery.id);
      lanes.run(`${delivery.topic}/${delivery.subscription}`, () => advance(delivery));
    };
    const wait = delivery.nextAttemptAt.getTime() - Date.now();
    if (wait <= 0) run();
    else timers.set(delivery.id, setTimeout(run, wait));
  };

  const advance = async (delivery: Delivery): Promise<void> => {
    if (closing) return;
    const subscription = options.find(delivery.topic, delivery.subscription);
    if (!subscription) return end(delivery, "dropped");
    if (delivery.fate) return bury(delivery, subscription, delivery.fate);
    const outcome = await options.deliver(delivery, subscription);
    // An attempt that the closing cut off says nothing about the destination: it is made again after the next start.
    if (closing && !outcome.delivered) return;
    if (outcome.delivered) return end(delivery, "delivered", outcome);

    const now = new Date();
    const attempts = delivery.attempts + 1;
    const step = nextStep(
      outcome,
      { count: attempts, publishedAt: delivery.publishedAt, now },
      {
        policy: subscription.retryPolicy ?? {},
        toWebHook: subscription.destination.endpointType === "WebHook",
        scale: options.retryScale,
      },
    );
    if (step.kind === "retry") return retry({ ...delivery, attempts, nextAttemptAt: step.at }, outcome);
    const fate: Fate = { reason: step.reason, last: outcome, at: now.toISOString() };
    await bury({ ...delivery, attempts }, subscription, fate);
  };

  /** First the dead letter, then the end of the delivery: in between a crash leaves two dead letters, never none. */
  const bury = async (delivery: Delivery, subscription: EventSubscription, fate: Fate): Promise<void> => {
    const container = subscription.deadLetterDestination?.container;
    if (container === undefined || !options.writeDeadLetter) return end({ ...delivery, fate }, "dropped", fate.last);
    try {
      await options.writeDeadLetter(container, delivery, subscription, fate);
    } catch (error) {
      if (closing) return;
      const description = `The dead letter could not be written: ${error instanceof Error ? error.message : error}`;
      // Azure goes on trying for four hours.
      const hopeless = Date.now() > Date.parse(fate.at) + 4 * 3_600_000 * options.retryScale;
      if (hopeless) return end({ ...delivery, fate }, "dropped", { ...fate.last, description });
      const nextAttemptAt = new Date(Date.now() + 60_000 * options.retryScale);
      return retry({ ...delivery, fate, nextAttemptAt }, { ...fate.last, description });
    }
    end({ ...delivery, fate }, "dead-lettered", fate.last);
  };

  const retry = (delivery: Delivery, outcome: DeliveryOutcome): void => {
    journal.update(delivery);
    options.report({ delivery, step: "retried later", outcome });
    schedule(delivery);
  };

  const end = (delivery: Delivery, step: DeliveryReport["step"], outcome?: DeliveryOutcome): void => {
    journal.remove(delivery);
    options.report({ delivery, step, ...(outcome && { outcome }) });
  };

  return {
    start: (deliveries) => deliveries.forEach(schedule),
    async close() {
      closing = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await lanes.idle();
    },
  };
}
