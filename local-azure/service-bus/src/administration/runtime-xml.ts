import type { EntityRuntime } from "../namespace.ts";
import { element, type Xml } from "./xml-writer.ts";

/** When an entity was made, changed and used. */
export const timesOf = (runtime: EntityRuntime): readonly Xml[] => [
  element("CreatedAt", runtime.createdAt.toISOString()),
  element("UpdatedAt", runtime.modifiedAt.toISOString()),
  element("AccessedAt", runtime.accessedAt.toISOString()),
];

/** The SDK takes the one `xmlns:` attribute here for the prefix of the children. */
export const countsOf = ({ counts }: EntityRuntime): Xml =>
  element(
    "CountDetails",
    [
      element("d2p1:ActiveMessageCount", String(counts.active)),
      element("d2p1:DeadLetterMessageCount", String(counts.deadLetter)),
      element("d2p1:ScheduledMessageCount", String(counts.scheduled)),
      element("d2p1:TransferMessageCount", String(counts.transfer)),
      element("d2p1:TransferDeadLetterMessageCount", String(counts.transferDeadLetter)),
    ],
    { "xmlns:d2p1": "http://schemas.microsoft.com/netservices/2011/06/servicebus" },
  );

export const sizeOf = (runtime: EntityRuntime): Xml => element("SizeInBytes", String(runtime.sizeInBytes));

export const messageCountOf = ({ counts }: EntityRuntime): Xml =>
  element("MessageCount", String(Object.values(counts).reduce((sum, count) => sum + count, 0)));
