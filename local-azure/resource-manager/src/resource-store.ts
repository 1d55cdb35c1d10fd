import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A resource as Resource Manager shows it: at least its id. */
export interface StoredResource {
  readonly id: string;
}

/** Resources by id. Ids are compared without regard to case and keep the spelling they were created with. */
export interface ResourceStore<Resource extends StoredResource = StoredResource> {
  get(id: string): Resource | undefined;
  /** Stores a resource under its id; says whether it was new. */
  put(resource: Resource): "created" | "replaced";
  delete(id: string): boolean;
  /** The resources directly in a collection (`…/workspaces/w/jobs`), in order of first creation. */
  list(collection: string, page?: Page): readonly Resource[];
  all(): readonly Resource[];
  close(): void;
}

export interface Page {
  readonly skip: number;
  readonly top: number;
  /** By first creation; oldest first unless said otherwise. */
  readonly newestFirst?: boolean;
}

/** Opens a store kept in a SQLite file, or in memory when no file is given. Each put is on disk when it returns. */
export function openResourceStore<Resource extends StoredResource>(file?: string): ResourceStore<Resource> {
  if (file) mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file ?? ":memory:");
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS resources (
      created INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      collection TEXT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS by_collection ON resources (collection, created);
  `);
  const select = database.prepare("SELECT body FROM resources WHERE key = ?");
  const insert = database.prepare("INSERT INTO resources (key, collection, body) VALUES (?, ?, ?)");
  const update = database.prepare("UPDATE resources SET body = ? WHERE key = ?");
  const remove = database.prepare("DELETE FROM resources WHERE key = ?");
  const everything = database.prepare("SELECT body FROM resources ORDER BY created");
  const page = (direction: "ASC" | "DESC") =>
    database.prepare(`SELECT body FROM resources WHERE collection = ? ORDER BY created ${direction} LIMIT ? OFFSET ?`);
  const pages = { ascending: page("ASC"), descending: page("DESC") };
  const parse = (row: Record<string, unknown>) => JSON.parse(String(row["body"])) as Resource;

  return {
    get(id) {
      const row = select.get(keyOf(id));
      return row && parse(row);
    },
    put(resource) {
      const key = keyOf(resource.id);
      const body = JSON.stringify(resource);
      if (update.run(body, key).changes > 0) return "replaced";
      insert.run(key, key.slice(0, key.lastIndexOf("/")), body);
      return "created";
    },
    delete: (id) => remove.run(keyOf(id)).changes > 0,
    list(collection, { skip, top, newestFirst } = { skip: 0, top: -1 }) {
      const statement = newestFirst ? pages.descending : pages.ascending;
      return statement.all(keyOf(collection), top, skip).map(parse);
    },
    all: () => everything.all().map(parse),
    close: () => database.close(),
  };
}

function keyOf(id: string): string {
  return id.replace(/\/+$/, "").toLowerCase();
}
