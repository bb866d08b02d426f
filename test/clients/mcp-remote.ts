import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECT = "http://127.0.0.1:13591/oauth/callback";

export const mcpRemote: ClientFixture = {
  name: "mcp-remote",
  asOf: "2026-11-24",
  peculiarity: "asks for offline_access with prompt=consent where that is advertised",
  registrations: [
    {
      client_name: "MCP CLI Proxy",
      client_uri: "https://github.com/modelcontextprotocol/mcp-cli",
      software_id: "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
      software_version: "0.15.1",
      redirect_uris: [REDIRECT],
      ...PUBLIC_CODE_CLIENT,
    },
  ],
  redirectUris: { registered: [REDIRECT, "http://127.0.0.1:20001/oauth/callback"] },
  scopes: ["mcp offline_access"],
  resources: ["exact"],
  parameters: { prompt: "consent" },
};
