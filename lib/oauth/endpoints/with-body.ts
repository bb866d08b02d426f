import { IncomingMessage } from "node:http";
import { requestAddress, setRequestAddress } from "#lib/server/client-address.ts";

/** What oidc-provider takes itself. */
const FORM_BYTES_MAX = 56 * 1024;

/**
 * The body of a request, to its end.
 * @returns undefined when it is larger than `maximum` bytes; the rest is thrown away.
 * @throws when the connection ends before the body does.
 */
export async function readBody(request: IncomingMessage, maximum = FORM_BYTES_MAX): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length <= maximum) chunks.push(chunk as Buffer);
  }
  return length <= maximum ? Buffer.concat(chunks) : undefined;
}

/** The same request with another body, for the part that reads it next. */
export function withBody(request: IncomingMessage, body: Buffer | string): IncomingMessage {
  const bytes = Buffer.from(body);
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method ?? "GET";
  copy.url = request.url ?? "/";
  copy.httpVersion = request.httpVersion;
  copy.rawHeaders = request.rawHeaders;
  copy.headers = { ...request.headers, "content-length": String(bytes.length) };
  delete copy.headers["transfer-encoding"];
  setRequestAddress(copy, requestAddress(request));
  copy.push(bytes);
  copy.push(null);
  copy.complete = true;
  return copy;
}
