/** Does work for each thing, several at a time, and gives the results in the order of the things. */
export async function atATime<Thing, Result>(
  count: number,
  things: readonly Thing[],
  work: (thing: Thing, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = things.entries();
  const worker = async (): Promise<void> => {
    for (const [index, thing] of left) results[index] = await work(thing, index);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
