import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const WEB = "http://localhost:6274/oauth/callback";
const TERMINAL = "http://127.0.0.1:6276/oauth/callback";

export const inspector: ClientFixture = {
  name: "MCP Inspector",
  asOf: "2026-11-24",
  peculiarity: "its browser part calls every endpoint across origins",
  registrations: [WEB, TERMINAL].map((uri) => ({
    client_name: "MCP Inspector",
    client_uri: "https://github.com/modelcontextprotocol/inspector",
    redirect_uris: [uri],
    scope: "mcp",
    ...PUBLIC_CODE_CLIENT,
  })),
  redirectUris: { registered: [WEB, TERMINAL] },
  scopes: ["mcp"],
  resources: ["exact"],
};
