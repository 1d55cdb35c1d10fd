import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreCorruptError, StoreError, StoreLockedError } from "./errors.ts";
import { schema, storeFormat } from "./schema.ts";

export type Synchronous = "FULL" | "NORMAL";

const fileName = "service-bus.sqlite";
/** Pages in the write-ahead log before they are moved to the database. */
const checkpointAfter = 4000;
/** Result codes of SQLite, https://sqlite.org/rescode.html; extended codes have these in their low byte. */
const busyCode = 5;
const lockedCode = 6;
const corruptCode = 11;
const notADatabaseCode = 26;

/**
 * Opens the database of a data folder, or makes it. It is this process's alone from then on.
 * @throws {StoreLockedError} when another Service Bus uses the folder.
 * @throws {StoreCorruptError} when what is there is not what a Service Bus wrote.
 * @throws {StoreError} when the folder cannot be used for another reason.
 */
export function openDatabase(folder: string, synchronous: Synchronous): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(join(folder, fileName));
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec(`PRAGMA synchronous = ${synchronous}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${checkpointAfter}`);
    database.exec("BEGIN EXCLUSIVE");
    prepareTables(database, folder);
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error, folder);
  }
}

function prepareTables(database: DatabaseSync, folder: string): void {
  const format = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  const tables = Number(database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"]);
  if (format === 0 && tables === 0) {
    database.exec(schema);
    database.exec(`PRAGMA user_version = ${storeFormat}`);
    return;
  }
  if (format !== storeFormat) {
    throw new StoreCorruptError(folder, `its format is ${format}, and this version reads format ${storeFormat}`);
  }
  const verdict = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (verdict !== "ok") throw new StoreCorruptError(folder, String(verdict));
}

/** SQLite's errors in the words of the store. */
export function asStoreError(error: unknown, folder: string): Error {
  if (error instanceof StoreError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const result = "errcode" in cause ? Number(cause.errcode) & 0xff : 0;
  if (result === busyCode || result === lockedCode) return new StoreLockedError(folder, { cause });
  if (result === corruptCode || result === notADatabaseCode)
    return new StoreCorruptError(folder, cause.message, { cause });
  return new StoreError(folder, `The data folder '${folder}' cannot be used: ${cause.message}.`, { cause });
}
