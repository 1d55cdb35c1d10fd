/** Changes with every change of the tables; a store of another format is not touched. */
export const storeFormat = 1;

export const schema = `
CREATE TABLE entities (key TEXT PRIMARY KEY, kind TEXT NOT NULL, stored TEXT NOT NULL) STRICT;
CREATE TABLE sequences (queue INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  enqueued INTEGER NOT NULL,
  expires INTEGER,
  scheduled INTEGER NOT NULL,
  session TEXT,
  hops INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  state INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE TABLE session_states (
  queue INTEGER NOT NULL,
  session TEXT NOT NULL,
  state BLOB NOT NULL,
  PRIMARY KEY (queue, session)
) STRICT;
CREATE TABLE message_ids (
  queue INTEGER NOT NULL,
  message TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (queue, message)
) STRICT;
`;

export const statements = {
  insert: `INSERT INTO messages (queue, sequence, enqueued, expires, scheduled, session, hops, deliveries, state, content, id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update: `UPDATE messages SET queue = ?, sequence = ?, enqueued = ?, expires = ?, scheduled = ?, session = ?, hops = ?,
           deliveries = ?, state = ? WHERE id = ?`,
  updateWithContent: `UPDATE messages SET queue = ?, sequence = ?, enqueued = ?, expires = ?, scheduled = ?, session = ?,
           hops = ?, deliveries = ?, state = ?, content = ? WHERE id = ?`,
  remove: "DELETE FROM messages WHERE id = ?",
  contentOf: "SELECT content FROM messages WHERE id = ?",
  saveSequence: "INSERT INTO sequences VALUES (?, ?) ON CONFLICT (queue) DO UPDATE SET last = excluded.last",
  saveSession: "INSERT INTO session_states VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
  removeSession: "DELETE FROM session_states WHERE queue = ? AND session = ?",
  rememberMessageId: "INSERT INTO message_ids VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until",
  forgetMessageId: "DELETE FROM message_ids WHERE queue = ? AND message = ?",
  saveEntity: "INSERT INTO entities VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET stored = excluded.stored",
  removeEntity: "DELETE FROM entities WHERE key = ?",
  removeMessagesOf: "DELETE FROM messages WHERE queue = ?",
  removeSequenceOf: "DELETE FROM sequences WHERE queue = ?",
  removeSessionsOf: "DELETE FROM session_states WHERE queue = ?",
  removeMessageIdsOf: "DELETE FROM message_ids WHERE queue = ?",
  loadMessages: `SELECT id, queue, sequence, enqueued, expires, scheduled, session, hops, deliveries, state,
           length(content) AS size FROM messages ORDER BY sequence`,
  loadSequences: "SELECT queue, last FROM sequences",
  loadSessions: "SELECT queue, session, state FROM session_states",
  loadMessageIds: "SELECT queue, message, until FROM message_ids ORDER BY until",
  loadEntities: "SELECT stored FROM entities",
} as const;
