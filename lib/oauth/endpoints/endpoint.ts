import type { IncomingMessage, ServerResponse } from "node:http";
import type { Env } from "#lib/env.ts";
import type { NotedError } from "../consent/error-page.ts";

/**
 * What stands before oidc-provider on one path: it answers by itself, or goes on with `next`, with the request as it came or one
 * made by `withBody()`, or answers with the page of an error by `showPage`. Host and forwarded headers are PUBLIC_URL's already.
 */
export type Endpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (request?: IncomingMessage) => void,
  environment: Env,
  showPage: (error: NotedError) => Promise<void>,
) => void | Promise<void>;
