/** What a library says of damaged data, in brackets; what its code tripped over is no word for anybody. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return "";
  return ` (${error.message})`;
}
