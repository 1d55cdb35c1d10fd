import type { LokiStore } from "../azurite.ts";
import { type Change, openJournal } from "./journal.ts";
import { damaged, recover } from "./recover.ts";

/**
 * Makes a store of Azurite's write each change down at once, and find again at its start what a killed process has left.
 * @param fail called when a change cannot be written: what is in memory can no longer be promised.
 */
export function keepChanges(store: LokiStore, file: string, fail: (error: unknown) => void): void {
  const init = store.init.bind(store);
  store.init = async () => {
    recover(file);
    await init().catch((error: unknown) => Promise.reject(damaged(file, error)));
    follow(store, file, fail);
  };
}

function follow({ db }: LokiStore, file: string, fail: (error: unknown) => void): void {
  const journal = openJournal(file);
  let noted = false;
  const write = () => {
    noted = false;
    try {
      journal.write();
    } catch (error) {
      fail(error);
    }
  };
  // Azurite makes all changes of an operation without a pause, so that nobody sees half of them. They are written
  // together when it pauses, which is before it answers.
  const note = (change: Change) => {
    journal.note(change);
    if (!noted) queueMicrotask(write);
    noted = true;
  };
  for (const collection of db.collections) {
    const { name } = collection;
    for (const event of ["insert", "update"] as const) collection.on(event, (put) => note({ collection: name, put }));
    collection.on("delete", ({ $loki }) => note({ collection: name, remove: $loki }));
  }
  const adapter = db.persistenceAdapter;
  const saveDatabase = adapter.saveDatabase.bind(adapter);
  adapter.saveDatabase = (name, text, done) => {
    // The text is of this very moment.
    const forget = journal.turn();
    saveDatabase(name, text, (error) => {
      if (!error) forget();
      done(error);
    });
  };
}
