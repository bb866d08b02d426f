import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECTS = ["http://localhost:6277/oauth/callback", "windsurf://codeium.windsurf/oauth/callback"];

export const windsurf: ClientFixture = {
  name: "Windsurf",
  asOf: "2026-11-24",
  peculiarity: "little is known for certain: loopback, or a scheme of its own",
  registrations: [{ client_name: "Windsurf", redirect_uris: REDIRECTS, ...PUBLIC_CODE_CLIENT }],
  redirectUris: { registered: REDIRECTS },
  scopes: ["mcp", undefined],
  resources: ["exact", "none"],
};
