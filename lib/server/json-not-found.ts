import type { IncomingMessage, ServerResponse } from "node:http";
import { errorAnswer } from "../errors.ts";
import { readsOnlyJson } from "./reads-only-json.ts";
import { errorBody } from "./respond.ts";

/** Of what was set for a page, this stays true. */
const KEPT = new Set(["x-request-id", "strict-transport-security"]);

/**
 * Makes the answer to an address that does not exist JSON for programs that read JSON and no pages: older MCP clients try `/register`
 * and `/token`, and report what they cannot parse. Everything else goes out as it is. Call it before the pages write.
 */
export function jsonNotFound({ headers }: IncomingMessage, response: ServerResponse): void {
  if (!readsOnlyJson(headers.accept)) return;
  const writeHead = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => ServerResponse;
  const end = response.end.bind(response);
  response.writeHead = (status: number, ...rest: unknown[]) => {
    if (status !== 404) return writeHead(status, ...rest);
    for (const name of response.getHeaderNames()) if (!KEPT.has(name)) response.removeHeader(name);
    const { message } = errorAnswer("not_found");
    const body = errorBody("not_found", message);
    writeHead(status, {
      "Cache-Control": "no-store",
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
      "X-Content-Type-Options": "nosniff",
    });
    // The page's own body, which comes after its head, goes nowhere.
    response.write = () => true;
    response.end = () => response;
    end(response.req.method === "HEAD" ? undefined : body);
    return response;
  };
}
