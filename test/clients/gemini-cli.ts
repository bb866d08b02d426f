import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECT = "http://localhost:7777/oauth/callback";

export const geminiCli: ClientFixture = {
  name: "Gemini CLI",
  asOf: "2026-11-24",
  peculiarity: "no application_type",
  registrations: [
    { client_name: "Gemini CLI MCP Client", redirect_uris: [REDIRECT], scope: "mcp", ...PUBLIC_CODE_CLIENT },
  ],
  redirectUris: { registered: [REDIRECT] },
  scopes: ["mcp"],
  resources: ["exact"],
};
