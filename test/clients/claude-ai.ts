import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const CALLBACKS = ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"];

export const claudeAi: ClientFixture = {
  name: "claude.ai",
  asOf: "2026-11-24",
  peculiarity:
    "a web client with the method none, or with a secret in the form; a scope of its own; a slash after the resource",
  document: {
    client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    client_name: "Claude",
    client_uri: "https://claude.ai",
    redirect_uris: CALLBACKS,
    ...PUBLIC_CODE_CLIENT,
  },
  registrations: [
    { client_name: "claudeai", redirect_uris: CALLBACKS, scope: "claudeai", ...PUBLIC_CODE_CLIENT },
    {
      client_name: "Claude",
      redirect_uris: CALLBACKS,
      ...PUBLIC_CODE_CLIENT,
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  redirectUris: { document: CALLBACKS, registered: CALLBACKS },
  scopes: ["mcp", "claudeai", "openid offline_access mcp mcp:read mcp:write"],
  resources: ["exact", "slash"],
};
