import type { AuditEntry, LetterOperation } from "@ratchet/contracts";

/** `1 dead letter`, `12 dead letters`. */
export const lettersIn = (count: number): string => `${count} dead letter${count === 1 ? "" : "s"}`;

/** What came of an operation, in words: `1198 of 1200, 2 were gone`. */
export function outcomeOf({ state, total, done, gone, held, unsure }: LetterOperation): string {
  const others = [
    ...(gone > 0 ? [`${gone} ${gone === 1 ? "was" : "were"} gone`] : []),
    ...(held > 0 ? [`${held} held by somebody else`] : []),
    ...(unsure.length > 0
      ? [`${unsure.length} may have been sent before and were left: ${unsure.slice(0, 5).join(", ")}`]
      : []),
    ...(state === "cancelling" || state === "cancelled" ? ["cancelled"] : []),
  ];
  return [`${done} of ${total}`, ...others].join(", ");
}

/** What is written into the audit of an operation. */
export const summaryOf = (operation: LetterOperation): Omit<AuditEntry, "at" | "by"> => ({
  action: operation.action,
  about: `${lettersIn(operation.total)}: ${operation.selected}${operation.to ? `, to ${operation.to}` : ""}`,
  reason: operation.reason,
  outcome: outcomeOf(operation),
  id: operation.id,
});
