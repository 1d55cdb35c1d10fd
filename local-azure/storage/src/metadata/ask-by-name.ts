import type { LokiCollection, LokiQuery, LokiResultset, LokiStore } from "../azurite.ts";

/*
 * Azurite asks for a blob by account, container and name, in this order. Loki uses the index of the first field alone, and
 * all blobs are the account's: so each request would look at every blob there is. And it removes a blob by building the
 * indexes of all others anew. Both made a store slower with each blob in it.
 */

/** Fields that few documents share, the rarest first. */
const telling = ["blobName", "name"];

/** More than that are removed at once as Loki does it. */
const removedOneByOne = 16;

/** Makes a store of Azurite's find and remove a blob in a time that hardly grows with the number of blobs. */
export function askByName(store: LokiStore): void {
  const init = store.init.bind(store);
  store.init = async () => {
    await init();
    for (const collection of store.db.collections) askCollectionByName(collection);
  };
}

function askCollectionByName(collection: LokiCollection): void {
  const chain = collection.chain.bind(collection);
  collection.chain = (...transform) => {
    const found = chain(...transform);
    const find = found.find.bind(found);
    const remove = found.remove.bind(found);
    found.find = (query, firstOnly) => find(query && tellingFirst(query), firstOnly);
    found.remove = () => (removeSome(collection, found) ? found : remove());
    return found;
  };
}

/** The same conditions, beginning with the name where one is asked for. */
function tellingFirst(query: LokiQuery): LokiQuery {
  const first = telling.filter((field) => typeof query[field] === "string");
  return { ...Object.fromEntries(first.map((field) => [field, query[field]])), ...query };
}

/** Removes documents one by one, which mends the indexes where they change. @returns false where they are too many. */
function removeSome(collection: LokiCollection, found: LokiResultset): boolean {
  const documents = found.data();
  if (documents.length > removedOneByOne) return false;
  for (const document of documents) collection.remove(document);
  return true;
}
