import type { IncomingMessage, ServerResponse } from "node:http";
import { answerRequests, decodePart, requestUrl } from "@local-azure/http";
import type { CreateAdministration } from "../namespace.ts";
import { entryDocument, feedDocument, type Host } from "./atom.ts";
import { failureOf, RequestError } from "./failure.ts";
import { pageOf } from "./paging.ts";
import type { Item, Resource } from "./resource.ts";
import { resourceAt } from "./resources.ts";
import { readEntry } from "./xml-reader.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

const maxBodyBytes = 1024 * 1024;

/**
 * The administration plane: answers the requests of `ServiceBusAdministrationClient`, which are Atom over HTTP(S).
 * Protocol: https://learn.microsoft.com/rest/api/servicebus/service-bus-http-reference (entity management).
 */
export const createAdministrationHandler: CreateAdministration = (namespace, access, { own }) => {
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const host = request.headers.host ?? "localhost";
    const url = requestUrl(request);
    access.requireManage(request.headers.authorization, url.href);
    const path = decodePart(url.pathname).replace(/^\/|\/$/gu, "");
    const resource = resourceAt(namespace, host, path);
    if (request.method === "GET") return read(resource, url, path, host);
    if (resource.kind === "item" && request.method === "PUT") return write(resource, request, host);
    if (resource.kind === "item" && request.method === "DELETE") return remove(resource);
    throw new RequestError(405, `${request.method} is not allowed at '${path}'.`);
  };
  return answerRequests(async (request, response) => send(response, await answer(request)), {
    own,
    refuse: (error, _, response) => send(response, failureOf(error)),
  });
};

const read = (resource: Resource, url: URL, path: string, host: Host): Answer => {
  if (resource.kind === "collection") {
    const { entries, next } = pageOf(resource.list(), url.searchParams);
    return { status: 200, body: feedDocument(entries, { host, path, ...(next && { next }) }) };
  }
  const entry = resource.find();
  return { status: 200, body: entry ? entryDocument(entry, host) : feedDocument([], { host, path }) };
};

/** `If-Match: *` is what makes an update of it. */
const write = async (item: Item, request: IncomingMessage, host: Host): Promise<Answer> => {
  const isUpdate = request.headers["if-match"] !== undefined;
  const act = isUpdate ? item.update : item.create;
  if (act === undefined) throw new RequestError(405, `${request.method} is not allowed here.`);
  await act(readEntry(await bodyOf(request)));
  const entry = item.find();
  return { status: isUpdate ? 200 : 201, body: entry ? entryDocument(entry, host) : "" };
};

const remove = async (item: Item): Promise<Answer> => {
  if (item.remove === undefined) throw new RequestError(405, "DELETE is not allowed here.");
  await item.remove();
  return { status: 200, body: "" };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new RequestError(413, `A request body may have ${maxBodyBytes} bytes at most.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const send = (response: ServerResponse, { status, body }: Answer): void => {
  const type = status < 400 ? "application/atom+xml;type=entry;charset=utf-8" : "application/xml;charset=utf-8";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
};
