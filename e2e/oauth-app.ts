import { createHash, randomBytes } from "node:crypto";
import { recordSecret } from "#test/run-record.ts";
import { type CallbackServer, callbackServer } from "./callback-server.ts";
import type { RunningServer } from "./fixtures.ts";

export const RESOURCE_PATH = "/mcp";

export type App = {
  clientId: string;
  redirectUri: string;
  verifier: string;
  state: string;
  /** Where the app sends the browser; `parameters` replace its own. */
  authorizeUrl(parameters?: Readonly<Record<string, string>>): string;
  /** Exchanges the code of an answer. */
  exchange(answer: URL): Promise<{ status: number; tokens: { access_token: string; scope: string } }>;
};

export type AppOptions = { name?: string; scope?: string; redirectUri: string; metadata?: Record<string, unknown> };

/** A client as command-line programs and editors are: it registers itself, is public, and uses PKCE. */
export async function registerApp(server: RunningServer, options: AppOptions): Promise<App> {
  const { name = "Test App", redirectUri, metadata } = options;
  const response = await fetch(`${server.url}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: name,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      ...metadata,
    }),
  });
  if (response.status !== 201) throw new Error(`Not registered: ${response.status} ${await response.text()}`);
  const { client_id: clientId } = (await response.json()) as { client_id: string };
  return appOf(server, clientId, options);
}

/** A client that the server knows, or none. */
export function appOf(server: RunningServer, clientId: string, { redirectUri, scope }: AppOptions): App {
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(12).toString("base64url");
  recordSecret(verifier);
  return {
    clientId,
    redirectUri,
    verifier,
    state,
    authorizeUrl: (parameters = {}) =>
      `${server.url}/oauth/authorize?${new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        state,
        resource: `${server.url}${RESOURCE_PATH}`,
        ...(scope === undefined ? {} : { scope }),
        ...parameters,
      })}`,
    async exchange(answer) {
      const form = {
        grant_type: "authorization_code",
        client_id: clientId,
        code: answer.searchParams.get("code") ?? "",
        redirect_uri: redirectUri,
        code_verifier: verifier,
      };
      const exchanged = await fetch(`${server.url}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
      const tokens = (await exchanged.json()) as { access_token: string; scope: string };
      if (exchanged.ok) recordSecret(tokens.access_token);
      return { status: exchanged.status, tokens };
    },
  };
}

/** An app on this computer that waits for its answer. */
export async function startApp(
  server: RunningServer,
  options: Omit<AppOptions, "redirectUri"> = {},
): Promise<App & { callback: CallbackServer }> {
  const callback = await callbackServer();
  return { ...(await registerApp(server, { ...options, redirectUri: callback.url })), callback };
}
