import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECTS = ["vscode", "cursor", "windsurf"].map(
  (editor) => `${editor}://saoudrizwan.claude-dev/mcp-auth/callback/3f9ac2d17b`,
);

export const cline: ClientFixture = {
  name: "Cline",
  asOf: "2026-11-24",
  peculiarity: "the scheme of the editor that it runs in, with a hash in the path",
  registrations: REDIRECTS.map((uri) => ({ client_name: "Cline", redirect_uris: [uri], ...PUBLIC_CODE_CLIENT })),
  redirectUris: { registered: REDIRECTS },
  scopes: ["mcp"],
  resources: ["exact", "origin"],
};
