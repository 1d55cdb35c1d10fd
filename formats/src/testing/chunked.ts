/** A file as it is downloaded: some bytes at a time. */
export async function* chunked(content: string | Buffer, chunkSize = 17): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
}
