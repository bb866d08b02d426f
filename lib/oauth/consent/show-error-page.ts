import type { IncomingMessage, ServerResponse } from "node:http";
import type { Env } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { rewriteForPages } from "#lib/server/edge-headers.ts";
import { isAnswered } from "./consent-answer.ts";
import { showConsentError } from "./consent-pages.ts";
import { type NotedError, takeNotedError } from "./error-page.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Sends the page of this error: unless told otherwise, of the one that the library's answer to this request asked for, if it did. */
export async function showErrorPage(
  pages: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  { publicUrl }: Env,
  error: NotedError | undefined = takeNotedError(response),
): Promise<void> {
  if (!error) return;
  const requestId = newId();
  response.setHeader("X-Request-Id", requestId);
  log.info("page", { requestId, path: "/oauth/authorize", error: error.kind });
  rewriteForPages(request, new URL(publicUrl));
  request.headers["x-request-id"] = requestId;
  // Back to where an answered request went on, or too late.
  const isResumed = error.kind === "invalid" && error.uid !== undefined;
  const ended = isResumed ? ((await isAnswered(error.uid ?? "")) ? "answered" : "expired") : undefined;
  showConsentError(pages, request, response, ended ?? error.kind, error);
}
