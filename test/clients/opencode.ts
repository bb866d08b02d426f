import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECTS = ["http://127.0.0.1/callback", "http://localhost/callback", "http://127.0.0.1/mcp/oauth/callback"];
const ASKED = ["http://127.0.0.1:19876/mcp/oauth/callback", "http://localhost:40001/callback"];

export const opencode: ClientFixture = {
  name: "opencode",
  asOf: "2026-11-24",
  peculiarity: "two paths on loopback, on any port",
  document: {
    client_id: "https://opencode.ai/oauth/opencode/client.json",
    client_name: "opencode",
    client_uri: "https://opencode.ai",
    application_type: "native",
    redirect_uris: REDIRECTS,
    ...PUBLIC_CODE_CLIENT,
  },
  registrations: [
    {
      client_name: "OpenCode",
      client_uri: "https://opencode.ai",
      redirect_uris: ["http://127.0.0.1:19876/mcp/oauth/callback"],
      ...PUBLIC_CODE_CLIENT,
    },
  ],
  redirectUris: { document: ASKED, registered: ["http://127.0.0.1:19876/mcp/oauth/callback"] },
  scopes: ["mcp"],
  resources: ["exact"],
};
