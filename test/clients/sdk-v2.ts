import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECT = "http://localhost:8090/callback";

export const sdkV2: ClientFixture = {
  name: "SDK v2 client",
  asOf: "2026-11-24",
  peculiarity: "older versions write a bare origin with a slash",
  registrations: [
    { client_name: "Simple OAuth MCP Client", redirect_uris: [REDIRECT], scope: "mcp", ...PUBLIC_CODE_CLIENT },
    {
      client_name: "Simple OAuth MCP Client",
      redirect_uris: [REDIRECT],
      ...PUBLIC_CODE_CLIENT,
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  redirectUris: { registered: [REDIRECT, "http://localhost:8091/callback"] },
  scopes: ["mcp", undefined],
  resources: ["exact", "origin slash"],
};
