import { type Contract, type Envelope, parseEnvelope } from "@ratchet/contracts";
import { type Connections, TransientError } from "@ratchet/messaging";

/** A message as it was said, with the time before which it is not delivered. */
type Said = Envelope & { readonly notBefore?: Date };

/** Stands where the broker and the topic would be, and keeps what is said. */
export interface Recorder {
  readonly transports: Pick<Connections, "messages" | "events">;
  /** What was said, in order; what was said twice counts once, as the broker has it. */
  readonly said: readonly Said[];
  /** What was said of one kind. */
  heard<Type extends string, Data>(contract: Contract<Type, Data>): readonly (Said & Envelope<Data>)[];
  /** How often a message was said. */
  timesSaid(message: Pick<Envelope, "id">): number;
  /** How many more messages may be said before saying one fails, as when the process ends; `Infinity` in general. */
  breath: number;
  /** Forgets what was said, and has all the breath again. */
  forget(): void;
}

export function createRecorder(): Recorder {
  const said: Said[] = [];
  const times = new Map<string, number>();
  const say = async (message: Said): Promise<void> => {
    if (recorder.breath <= 0) throw new TransientError("the process ends here");
    recorder.breath -= 1;
    times.set(message.id, (times.get(message.id) ?? 0) + 1);
    if (!said.some(({ id }) => id === message.id)) said.push(message);
  };
  const recorder: Recorder = {
    transports: {
      messages: {
        send: (_queue, { body }, notBefore) => say({ ...parseEnvelope(body), ...(notBefore ? { notBefore } : {}) }),
        close: async () => undefined,
      },
      events: { publish: say },
    },
    said,
    heard: (contract) => said.filter((message) => contract.is(message)) as never,
    timesSaid: ({ id }) => times.get(id) ?? 0,
    breath: Number.POSITIVE_INFINITY,
    forget() {
      said.splice(0);
      times.clear();
      recorder.breath = Number.POSITIVE_INFINITY;
    },
  };
  return recorder;
}
