import { type ClientFixture, PUBLIC_CODE_CLIENT } from "./client-fixture.ts";

const REDIRECT = "http://127.0.0.1:1455/callback/9b1c7e";

export const codex: ClientFixture = {
  name: "Codex",
  asOf: "2026-11-24",
  peculiarity: "any port, with a hash in the path; asks for OpenID's scopes whatever the resource offers",
  registrations: [{ client_name: "Codex", redirect_uris: [REDIRECT], ...PUBLIC_CODE_CLIENT }],
  redirectUris: { registered: [REDIRECT, "http://127.0.0.1:58231/callback/9b1c7e"] },
  scopes: ["openid profile email offline_access"],
  resources: ["exact", "origin"],
};
