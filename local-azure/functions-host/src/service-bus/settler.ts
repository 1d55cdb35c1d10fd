import type { ServiceBusReceivedMessage } from "@azure/service-bus";

/** The part of a receiver that settles. */
export interface Settler {
  completeMessage(message: ServiceBusReceivedMessage): Promise<void>;
  abandonMessage(message: ServiceBusReceivedMessage): Promise<void>;
}

type Kind = keyof Settler;

/**
 * Settles what a receiver holds, one kind at a time: nothing is abandoned before the broker has answered all that is
 * being completed, and the other way round. The SDK's `rhea` joins settlements of one turn of the event loop into
 * ranges, and gives a range the outcome of its first, whatever the others are: a message whose invocation failed would
 * be completed, one that is done with would come again.
 */
export function settleOneKindAtATime(receiver: Settler): Settler {
  let kindUnderWay: Kind | undefined;
  let underWay = 0;
  let waiting: { readonly kind: Kind; readonly go: () => void }[] = [];

  const enter = (kind: Kind): Promise<void> => {
    // Who has waited goes first, or a stream of one kind would keep the other out for ever.
    if (underWay > 0 && (kind !== kindUnderWay || waiting.length > 0)) {
      return new Promise((go) => waiting.push({ kind, go }));
    }
    kindUnderWay = kind;
    underWay += 1;
    return Promise.resolve();
  };

  const leave = (): void => {
    underWay -= 1;
    if (underWay > 0) return;
    kindUnderWay = waiting[0]?.kind;
    const next = waiting.filter(({ kind }) => kind === kindUnderWay);
    waiting = waiting.filter(({ kind }) => kind !== kindUnderWay);
    underWay = next.length;
    for (const { go } of next) go();
  };

  const settle = async (kind: Kind, message: ServiceBusReceivedMessage): Promise<void> => {
    await enter(kind);
    try {
      await receiver[kind](message);
    } finally {
      leave();
    }
  };
  return {
    completeMessage: (message) => settle("completeMessage", message),
    abandonMessage: (message) => settle("abandonMessage", message),
  };
}
