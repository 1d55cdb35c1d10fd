/** More at the same time would hardly be quicker, and each takes a connection and its answer's memory. */
export const readsAtATime = 16;

/** Reads things in their order, some ahead of whoever takes them: each read waits for storage, not for the one before. */
export async function* readAhead<Thing, Read>(
  things: AsyncIterable<Thing>,
  read: (thing: Thing) => Promise<Read>,
): AsyncGenerator<Read> {
  const reading: Promise<Read>[] = [];
  for await (const thing of things) {
    const begun = read(thing);
    // That it has failed is for the one to hear who takes it.
    begun.catch(() => undefined);
    reading.push(begun);
    if (reading.length === readsAtATime) yield reading.shift() as Promise<Read>;
  }
  yield* reading;
}
