/** How a known client arrives at our doors, as of {@link ClientFixture.asOf}: what it registers, and what it asks for. Redirect
 * URIs, scopes, resources and methods are what was seen of it; what was not (a name, a port, an id in a path) is filled in. */
export type ClientFixture = {
  name: string;
  /** The day on which these facts were written down. Clients change: look again when one fails. */
  asOf: string;
  /** Where it differs from what one would expect. */
  peculiarity: string;
  /** The metadata document that its client id is the address of. */
  document?: { client_id: string } & Readonly<Record<string, unknown>>;
  /** Bodies that it registers with. */
  registrations: readonly Readonly<Record<string, unknown>>[];
  /** Redirect URIs that it asks with; for each kind of client, those that it has registered. */
  redirectUris: { document?: readonly string[]; registered: readonly string[] };
  /** The scopes that it asks for, undefined for none. */
  scopes: readonly (string | undefined)[];
  /** How it writes the resource: see {@link resourceSpelling}. */
  resources: readonly ResourceSpelling[];
  /** What else it sends to the authorization endpoint. */
  parameters?: Readonly<Record<string, string>>;
};
export type ResourceSpelling = "exact" | "slash" | "origin" | "origin slash" | "none";

/** `resource` as a client writes it. */
export function resourceSpelling(spelling: ResourceSpelling, origin: string): string | undefined {
  const spelled = {
    exact: `${origin}/mcp`,
    slash: `${origin}/mcp/`,
    origin,
    "origin slash": `${origin}/`,
    none: undefined,
  };
  return spelled[spelling];
}

/** What almost every client registers beside its name and redirect URIs. */
export const PUBLIC_CODE_CLIENT = {
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
} as const;
