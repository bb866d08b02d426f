/** How a document is asked for; tests pass their own. */
export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** A document's bound (draft-ietf-oauth-client-id-metadata-document section 6.6). */
const BYTES_MAX = 5 * 1024;

/** `isReached`: the host said something about the document. Silence, errors of the server and "too many" say nothing. */
export type Answer =
  | { isReached: boolean; status: number; headers: Headers; text: string }
  | { isReached: false; error: unknown };

/** Asks the network once. Never throws. A body that is too long is cut one byte after the bound, at which the library refuses it. */
export async function readDocument(
  fetchDocument: Fetch,
  url: string,
  options: RequestInit,
  bytesMax = BYTES_MAX,
): Promise<Answer> {
  try {
    const response = await fetchDocument(url, options);
    const { status, headers } = response;
    const isReached = status < 500 && status !== 429;
    if (status === 200) return { isReached, status, headers, text: await bodyText(response, bytesMax) };
    await response.body?.cancel();
    return { isReached, status, headers, text: "" };
  } catch (error) {
    return { isReached: false, error };
  }
}

async function bodyText(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bytesMax) break;
  }
  return Buffer.concat(chunks)
    .subarray(0, bytesMax + 1)
    .toString("utf8");
}
