import type { Adapter } from "oidc-provider";
import { artifactAdapter } from "./artifact-adapter.ts";
import { clientAdapter } from "./client-adapter.ts";
import { grantAdapter } from "./grant-adapter.ts";
import { noSessionAdapter } from "./no-session-adapter.ts";
import { findPresentedToken } from "./token-identity.ts";

/** What oidc-provider stores through: PostgreSQL, one adapter per model. Expiry is honoured at read. */
export function adapterFor(model: string, settings: { refreshGraceSeconds: number }): Adapter {
  if (model === "Client") return clientAdapter();
  if (model === "Grant") return grantAdapter();
  if (model === "Session") return noSessionAdapter();
  // Access tokens are JWTs and never stored.
  if (model === "AccessToken")
    return { ...artifactAdapter(model, settings.refreshGraceSeconds), find: async (id) => findPresentedToken(id) };
  return artifactAdapter(model, settings.refreshGraceSeconds);
}
