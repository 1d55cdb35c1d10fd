/**
 * As `Promise.all`, but fails only when all have ended: what did start in the meantime is then known, and can be closed.
 */
export async function allSettled<const T extends readonly unknown[]>(
  starts: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}
