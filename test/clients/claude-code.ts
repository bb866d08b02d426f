import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

export const claudeCode: ClientFixture = {
  name: "Claude Code",
  asOf: "2026-11-24",
  peculiarity: "document without application_type and with loopback addresses without ports; sometimes no scope at all",
  document: {
    client_id: "https://claude.ai/oauth/claude-code-client-metadata",
    client_name: "Claude Code",
    client_uri: "https://claude.ai",
    redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
    ...PUBLIC_CODE_CLIENT,
  },
  registrations: [
    {
      client_name: "Claude Code",
      application_type: "native",
      redirect_uris: ["http://localhost:3118/callback"],
      ...PUBLIC_CODE_CLIENT,
    },
  ],
  redirectUris: {
    document: ["http://localhost:3118/callback", "http://localhost:54545/callback", "http://127.0.0.1:61234/callback"],
    registered: ["http://localhost:3118/callback", "http://localhost:54545/callback"],
  },
  scopes: ["mcp", "mcp offline_access", "mcp:read offline_access", undefined],
  resources: ["exact", "slash", "origin", "origin slash", "none"],
};
