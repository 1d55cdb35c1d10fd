import { type AuditEntry, auditEntry, paths } from "@ratchet/contracts";
import type { DocumentReader, DocumentStore } from "@ratchet/state";

/** Writes down what an operator does. What is written stays; written twice after a crash, it is there twice. */
export const writeAudit = (documents: DocumentStore, entry: AuditEntry): Promise<void> =>
  documents.log(paths.audit, auditEntry).append(entry);

/** The newest entries of the audit, the newest first. */
export async function readAudit(documents: DocumentReader, most = 500): Promise<readonly AuditEntry[]> {
  const newest: AuditEntry[] = [];
  for await (const { entry } of documents.log(paths.audit, auditEntry).entries()) {
    newest.push(entry);
    if (newest.length > 2 * most) newest.splice(0, newest.length - most);
  }
  return newest.slice(-most).reverse();
}
