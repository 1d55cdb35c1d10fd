/** The key below which tools that are built on Arrow keep its schema in a Parquet file. */
const key = "ARROW:schema";

/** `Duration` among the types of Arrow's Schema.fbs. */
const durationType = 18;

/** A table of a FlatBuffer, read field by field (https://flatbuffers.dev/internals). */
function tableAt(view: DataView, at: number) {
  const fields = at - view.getInt32(at, true);
  const place = (field: number): number | undefined => {
    const entry = 4 + field * 2;
    const offset = entry < view.getUint16(fields, true) ? view.getUint16(fields + entry, true) : 0;
    return offset === 0 ? undefined : at + offset;
  };
  const follow = (place: number): number => place + view.getUint32(place, true);
  return {
    byte: (field: number): number => {
      const found = place(field);
      return found === undefined ? 0 : view.getUint8(found);
    },
    table: (field: number): number | undefined => {
      const found = place(field);
      return found === undefined ? undefined : follow(found);
    },
    text(field: number): string {
      const found = this.table(field);
      if (found === undefined) return "";
      return Buffer.from(view.buffer, view.byteOffset + found + 4, view.getUint32(found, true)).toString("utf8");
    },
    tables(field: number): readonly number[] {
      const found = this.table(field);
      if (found === undefined) return [];
      const count = Math.min(view.getUint32(found, true), view.byteLength);
      return Array.from({ length: count }, (_, index) => follow(found + 4 + index * 4));
    },
  };
}

function durationsOf(schema: Uint8Array): readonly string[] {
  const view = new DataView(schema.buffer, schema.byteOffset, schema.byteLength);
  // A message of Arrow's stream: a mark and a length, then the FlatBuffer, which begins with the place of its root.
  const start = view.getInt32(0, true) === -1 ? 8 : 4;
  const message = tableAt(view, start + view.getUint32(start, true));
  const header = message.table(2);
  const fields = header === undefined ? [] : tableAt(view, header).tables(1);
  return fields
    .map((field) => tableAt(view, field))
    .filter((field) => field.byte(2) === durationType)
    .map((field) => field.text(0));
}

/**
 * The columns that are durations, as pandas and Polars write them. Parquet has no such type: to it they are bare integers,
 * in a unit that nobody would know.
 */
export function arrowDurations(
  metadata: readonly { readonly key: string; readonly value?: string | undefined }[],
): ReadonlySet<string> {
  const schema = metadata.find((entry) => entry.key === key)?.value;
  if (schema === undefined) return new Set();
  try {
    return new Set(durationsOf(new Uint8Array(Buffer.from(schema, "base64"))));
  } catch {
    // What is written there is for Arrow alone; a file whose note is damaged is as good as one without.
    return new Set();
  }
}
