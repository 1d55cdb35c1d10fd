import type { Journal } from "../queue/journal.ts";
import type { MessageRecord } from "../queue/record.ts";
import type { Store } from "./store.ts";

/** A store that writes nothing down: what it is told is done at once and gone with the process. */
export function createMemoryStore(): Store {
  let lastQueueId = 0;
  return {
    journal: createMemoryJournal(),
    nextQueueId: () => ++lastQueueId,
    saveEntity: () => {},
    removeEntity: () => {},
    entities: () => [],
    queue: () => ({ lastSequence: 0, messages: [], sessionStates: [], messageIds: [] }),
    onAwaited: () => {},
    isDue: false,
    commit: () => {},
    close: () => {},
  };
}

export function createMemoryJournal(): Journal {
  let lastId = 0;
  return {
    nextMessageId: () => ++lastId,
    insert: () => {},
    update: () => {},
    updateWithContent: () => {},
    remove: () => {},
    contentOf(record: MessageRecord) {
      throw new Error(`Message ${record.id} has lost its content: in memory nothing else holds it.`);
    },
    isOnDisk: () => true,
    saveLastSequence: () => {},
    saveSessionState: () => {},
    rememberMessageId: () => {},
    forgetMessageId: () => {},
    afterCommit: (callback) => callback(),
  };
}
