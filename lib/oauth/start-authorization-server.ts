import type { IncomingMessage, ServerResponse } from "node:http";
import { ensureKnownClients } from "#lib/clients/known-clients.ts";
import type { Env } from "#lib/env.ts";
import { log } from "#lib/log.ts";
import { mailsSent } from "#lib/mail/send-mail.ts";
import { respondError } from "#lib/server/respond.ts";
import { startSweeper } from "#lib/sweep/start-sweeper.ts";
import type { NotedError } from "./consent/error-page.ts";
import { showErrorPage } from "./consent/show-error-page.ts";
import { setDocumentFetch } from "./documents/document-features.ts";
import { fetchPublicly } from "./documents/fetch-publicly.ts";
import type { Fetch } from "./documents/read-document.ts";
import { proveLoopbackIsRefused } from "./documents/self-test.ts";
import { authorizeEndpoint } from "./endpoints/authorize.ts";
import { deviceEndpoint } from "./endpoints/device.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { introspectEndpoint } from "./endpoints/introspect.ts";
import { metadataEndpoint } from "./endpoints/metadata.ts";
import { parEndpoint } from "./endpoints/par.ts";
import { registerEndpoint } from "./endpoints/register.ts";
import { revokeEndpoint } from "./endpoints/revoke.ts";
import { tokenEndpoint } from "./endpoints/token.ts";
import { currentProvider } from "./provider.ts";
import { keepSigningKeysFresh } from "./signing/fresh-signing-keys.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
export type AuthorizationServer = {
  /** Serves `/oauth/*` and `/.well-known/*`, but for the protected-resource metadata. Never throws. */
  handle: Handler;
  stop(): Promise<void>;
};

/** What stands before the provider on these paths; other paths under `/oauth` go straight to it. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/oauth/authorize": authorizeEndpoint,
  "/oauth/token": tokenEndpoint,
  "/oauth/register": registerEndpoint,
  "/oauth/revoke": revokeEndpoint,
  "/oauth/introspect": introspectEndpoint,
  "/oauth/par": parEndpoint,
  "/oauth/device": deviceEndpoint,
  "/oauth/jwks": metadataEndpoint,
  "/.well-known/oauth-authorization-server": metadataEndpoint,
  "/.well-known/openid-configuration": metadataEndpoint,
};

/** Where a registration is managed (RFC 7592). */
const REGISTRATION = /^\/oauth\/register\/[^/]+$/;

/**
 * Starts the authorization server of this process. The database must be connected.
 * @param pages serves our own pages: errors that cannot be sent back to a client are shown there.
 * @param fetchDocument reaches what clients name: their metadata documents and key sets.
 * @throws when a signing key cannot be decrypted, or the filter of addresses does not work.
 */
export async function startAuthorizationServer(
  environment: Env,
  pages: Handler,
  fetchDocument: Fetch = fetchPublicly,
): Promise<AuthorizationServer> {
  await proveLoopbackIsRefused();
  setDocumentFetch(fetchDocument);
  await ensureKnownClients();
  const keys = await keepSigningKeysFresh(environment);
  const sweeper = startSweeper();
  const publicUrl = new URL(environment.publicUrl);
  return {
    handle: (request, response) => {
      pinHost(request, publicUrl);
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      const fail = (error: unknown) => {
        // The caller went away before its request was whole: nobody hears an answer, and nothing failed here.
        if (request.errored) return;
        log.error("The authorization server failed", { path, error: String(error) });
        if (!response.headersSent) respondError(response, "internal_error");
        else response.destroy();
      };
      const serve = async (forwarded: IncomingMessage) => {
        await currentProvider().callback()(forwarded, response);
        await showErrorPage(pages, forwarded, response, environment);
      };
      const next = (forwarded = request) => void serve(forwarded).catch(fail);
      const endpoint = ENDPOINTS[path] ?? (REGISTRATION.test(path) ? registerEndpoint : metadataEndpoint);
      const showPage = (error: NotedError) => showErrorPage(pages, request, response, environment, error);
      void (async () => endpoint(request, response, next, environment, showPage))().catch(fail);
    },
    async stop() {
      await mailsSent();
      await sweeper.stop();
      await keys.stop();
    },
  };
}

/** Metadata is built from these; what the client sent under these names is gone (standards ASM-12). */
function pinHost(request: IncomingMessage, publicUrl: URL): void {
  request.headers.host = publicUrl.host;
  request.headers["x-forwarded-host"] = publicUrl.host;
  request.headers["x-forwarded-proto"] = publicUrl.protocol.slice(0, -1);
}
