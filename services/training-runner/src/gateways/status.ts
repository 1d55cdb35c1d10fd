/** Whether a request failed with this HTTP status. Not by class: each SDK of Azure brings an error class of its own. */
export const hasStatus = (error: unknown, status: number): boolean =>
  typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === status;

/** What a request gives; undefined where what it asks for is not there. */
export async function orUndefined<Found>(request: Promise<Found>): Promise<Found | undefined> {
  try {
    return await request;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
