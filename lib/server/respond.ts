import type { ServerResponse } from "node:http";
import { type ErrorCode, errorAnswer } from "../errors.ts";
import { countResponse } from "./count-response.ts";

/** Answers with an error of the catalogue as JSON, in the shape that every client of the API reads. */
export function respondError(
  response: ServerResponse,
  code: ErrorCode,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { status, message } = errorAnswer(code);
  respond(response, status, errorBody(code, message), { "Content-Type": "application/json", ...headers });
}

/** Answers with a short text. */
export function respondText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  respond(response, status, text, { "Content-Type": "text/plain; charset=utf-8", ...headers });
}

/** The JSON of an error: `detail` repeats `message`, because older clients read only one of the two. */
export function errorBody(code: string, message: string): string {
  return JSON.stringify({ error: code, message, detail: message });
}

function respond(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  countResponse(status);
  response.writeHead(status, {
    "Cache-Control": "no-store",
    ...headers,
    "Content-Length": Buffer.byteLength(body),
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
