import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECTS = [
  "https://chatgpt.com/connector_platform_oauth_redirect",
  "https://chatgpt.com/connector/oauth/3kT9zQ",
];

export const chatgpt: ClientFixture = {
  name: "ChatGPT",
  asOf: "2026-11-24",
  peculiarity:
    "asks for offline_access without prompt=consent; one callback where iss is advertised, another elsewhere",
  document: {
    client_id: "https://chatgpt.com/oauth/3kT9zQ/client.json",
    client_name: "ChatGPT",
    client_uri: "https://chatgpt.com",
    redirect_uris: REDIRECTS,
    ...PUBLIC_CODE_CLIENT,
  },
  registrations: [{ client_name: "ChatGPT", redirect_uris: REDIRECTS, ...PUBLIC_CODE_CLIENT }],
  redirectUris: { document: REDIRECTS, registered: REDIRECTS },
  scopes: ["mcp offline_access"],
  resources: ["exact"],
};
