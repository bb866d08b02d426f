import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECTS = [
  "http://127.0.0.1/",
  "http://127.0.0.1:33418/",
  "https://vscode.dev/redirect",
  "https://insiders.vscode.dev/redirect",
];
const ASKED = ["http://127.0.0.1:33418/", "http://127.0.0.1:52001/", "https://vscode.dev/redirect"];
const GRANT_TYPES = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];

export const vsCode: ClientFixture = {
  name: "VS Code",
  asOf: "2026-11-24",
  peculiarity: "names the device grant among its grant types, and falls back to another port",
  document: {
    client_id: "https://vscode.dev/oauth/client-metadata.json",
    client_name: "Visual Studio Code",
    client_uri: "https://vscode.dev",
    redirect_uris: REDIRECTS,
    ...PUBLIC_CODE_CLIENT,
    grant_types: GRANT_TYPES,
  },
  registrations: [
    {
      client_name: "Visual Studio Code",
      client_uri: "https://code.visualstudio.com",
      redirect_uris: REDIRECTS,
      application_type: "native",
      scope: "mcp",
      ...PUBLIC_CODE_CLIENT,
      grant_types: GRANT_TYPES,
    },
  ],
  redirectUris: { document: ASKED, registered: ASKED },
  scopes: ["mcp", "mcp:read"],
  resources: ["exact"],
};
