import { element, type Xml } from "./xml-writer.ts";

const atomNamespace = "http://www.w3.org/2005/Atom";
export const serviceBusNamespace = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";
export const schemaInstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";
const apiVersion = "2021-05";

/** One thing of the namespace as the administration plane shows it. */
export interface Entry {
  /** Path in the namespace, such as `orders/Subscriptions/all`: clients read the names from it. */
  readonly path: string;
  readonly published: Date;
  readonly updated: Date;
  readonly content: Xml;
}

/** Where the client found the namespace, such as `localhost:5671`. */
export type Host = string;

export const entryDocument = (entry: Entry, host: Host): string =>
  entryElement(entry, host, { xmlns: atomNamespace }).xml;

/** A part of a list, with the address of the next part where there is one. */
export const feedDocument = (
  entries: readonly Entry[],
  feed: { readonly host: Host; readonly path: string; readonly next?: { readonly skip: number; readonly top: number } },
): string => {
  const self = addressOf(feed.path, feed.host);
  const links = [element("link", [], { rel: "self", href: self })];
  if (feed.next !== undefined) {
    const href = `${self}&$skip=${feed.next.skip}&$top=${feed.next.top}`;
    links.push(element("link", [], { rel: "next", href }));
  }
  const head = [element("title", feed.path, { type: "text" }), element("id", self), element("updated", now())];
  const body = entries.map((entry) => entryElement(entry, feed.host));
  return element("feed", [...head, ...links, ...body], { xmlns: atomNamespace }).xml;
};

const entryElement = (entry: Entry, host: Host, attributes: Readonly<Record<string, string>> = {}): Xml =>
  element(
    "entry",
    [
      element("id", addressOf(entry.path, host)),
      element("title", entry.path.slice(entry.path.lastIndexOf("/") + 1), { type: "text" }),
      element("published", entry.published.toISOString()),
      element("updated", entry.updated.toISOString()),
      element("link", [], { rel: "self", href: addressOf(entry.path, host) }),
      element("content", [entry.content], { type: "application/xml" }),
    ],
    attributes,
  );

const addressOf = (path: string, host: Host): string => `https://${host}/${path}?api-version=${apiVersion}`;

const now = (): string => new Date().toISOString();
