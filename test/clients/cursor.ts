import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECTS = [
  "cursor://anysphere.cursor-mcp/oauth/callback",
  "http://localhost:8787/callback",
  "https://www.cursor.com/agents/mcp/oauth/callback",
];

export const cursor: ClientFixture = {
  name: "Cursor",
  asOf: "2026-11-24",
  peculiarity: "calls itself web, and mixes a private scheme, loopback and https in one registration",
  registrations: [{ client_name: "Cursor", application_type: "web", redirect_uris: REDIRECTS, ...PUBLIC_CODE_CLIENT }],
  redirectUris: { registered: REDIRECTS },
  scopes: ["mcp"],
  resources: ["exact"],
};
