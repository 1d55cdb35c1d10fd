import { entriesOf, type Section, sectionCode, sectionsOf } from "./sections.ts";
import { encodeMapSection, encodeString, encodeSymbol } from "./write.ts";

/** Values by name, each already encoded; `undefined` removes the name. */
export type EncodedChanges = ReadonlyMap<string, Buffer | undefined>;

/** The same message with some application properties changed; all others keep their bytes and thereby their types. */
export function withApplicationProperties(content: Buffer, changes: EncodedChanges): Buffer {
  return withMapEntries(content, sectionCode.applicationProperties, changes, encodeString);
}

/** The same message with some of its annotations changed. */
export function withAnnotations(content: Buffer, changes: EncodedChanges): Buffer {
  return withMapEntries(content, sectionCode.messageAnnotations, changes, encodeSymbol);
}

function withMapEntries(
  content: Buffer,
  descriptor: number,
  changes: EncodedChanges,
  encodeKey: (key: string) => Buffer,
): Buffer {
  if (changes.size === 0) return content;
  const sections = sectionsOf(content);
  const present = sections.find((section) => section.descriptor === descriptor);
  const kept = present ? entriesOf(content, present).filter(({ key }) => !changes.has(key)) : [];
  const entries = kept.map((entry) => entry.bytes);
  for (const [key, value] of changes) if (value) entries.push(Buffer.concat([encodeKey(key), value]));
  const encoded = encodeMapSection(descriptor, entries, entries.length * 2);
  return replaceSection(content, sections, descriptor, encoded);
}

/** Puts a section in its place, whether or not the message had one of its kind. */
export function replaceSection(
  content: Buffer,
  sections: readonly Section[],
  descriptor: number,
  encoded: Buffer,
): Buffer {
  const before = sections.filter((section) => section.descriptor < descriptor).at(-1)?.end ?? 0;
  const after = sections.find((section) => section.descriptor > descriptor)?.start ?? content.length;
  return Buffer.concat([content.subarray(0, before), encoded, content.subarray(after)]);
}
