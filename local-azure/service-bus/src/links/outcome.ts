import type { EncodedChanges } from "../amqp/edit.ts";
import { encodeTyped, type Typed } from "../amqp/rhea.ts";
import type { Outcome } from "../queue/settle.ts";

const acceptedCode = 0x24;
const rejectedCode = 0x25;
const modifiedCode = 0x27;

/** What a receiver's delivery state means here; `released`, or no outcome at all, gives the message back. */
export function outcomeOf(state: Typed | undefined): Outcome {
  const fields = listOf(state);
  switch (Number(state?.descriptor?.value)) {
    case acceptedCode:
      return { kind: "complete" };
    case rejectedCode:
      // The error's third field, info, carries the reason and the properties to set.
      return { kind: "dead-letter", changes: changesOf(listOf(fields[0])[2]) };
    case modifiedCode: {
      const changes = changesOf(fields[2]);
      return fields[1]?.value === true ? { kind: "defer", changes } : { kind: "abandon", changes };
    }
    default:
      return { kind: "abandon", changes: new Map() };
  }
}

function listOf(value: Typed | undefined): readonly (Typed | undefined)[] {
  return Array.isArray(value?.value) ? value.value : [];
}

/** Values keep the types with which they came; nulls say nothing. */
function changesOf(map: Typed | undefined): EncodedChanges {
  const items = listOf(map);
  const changes = new Map<string, Buffer>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    const value = items[index + 1];
    if (value && value.value !== null) changes.set(String(items[index]?.value), encodeTyped(value));
  }
  return changes;
}
