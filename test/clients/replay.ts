import type { TestAuthorizationServer, Tokens } from "#test/authorization-server.ts";
import type { DocumentHost } from "#test/document-host.ts";
import { type ClientFixture, type ResourceSpelling, resourceSpelling } from "./client-fixture.ts";

/** A client as the server knows it now. */
export type KnownClient = { clientId: string; clientSecret: string | undefined; registered: readonly string[] };
export type Asked = { redirectUri: string; scope: string | undefined; resource: ResourceSpelling };
export type Replayed = {
  tokens: Tokens;
  location: URL;
  refresh(refreshToken: string): Promise<{ status: number; json: Tokens }>;
};

/** Makes the client known in each of its ways: its document is published, its registrations are sent. */
export async function introduce(
  fixture: ClientFixture,
  server: TestAuthorizationServer,
  host: DocumentHost,
): Promise<KnownClient[]> {
  const known: KnownClient[] = [];
  if (fixture.document) {
    host.publish(fixture.document);
    const registered = fixture.redirectUris.document ?? [];
    known.push({ clientId: fixture.document.client_id, clientSecret: undefined, registered });
  }
  for (const body of fixture.registrations) {
    const response = await fetch(`${server.url()}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const json = (await response.json()) as { client_id: string; client_secret?: string };
    if (response.status !== 201) throw new Error(`${fixture.name} was not registered: ${JSON.stringify(json)}`);
    const own = body["redirect_uris"] as string[];
    const registered = fixture.redirectUris.registered.filter((uri) => own.some((each) => isSameButPort(each, uri)));
    known.push({ clientId: json.client_id, clientSecret: json.client_secret, registered });
  }
  return known;
}

/** Each of its ways to ask at least once: its lists are walked side by side, the shorter ones again from their beginning. */
export function waysToAsk(fixture: ClientFixture, { registered }: KnownClient): Asked[] {
  const count = Math.max(registered.length, fixture.scopes.length, fixture.resources.length);
  return Array.from({ length: count }, (_, index) => ({
    redirectUri: registered[index % registered.length] ?? "",
    scope: fixture.scopes[index % fixture.scopes.length],
    resource: fixture.resources[index % fixture.resources.length] ?? "exact",
  }));
}

/** From the authorization request to tokens, as the client does it. */
export async function replay(
  server: TestAuthorizationServer,
  client: KnownClient,
  userId: string,
  { redirectUri, scope, resource }: Asked,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Replayed> {
  const spelled = resourceSpelling(resource, server.url());
  const allowed = scope?.split(" ").find((name) => name.startsWith("mcp")) ?? "mcp";
  const { code, verifier, location } = await server.authorize({
    clientId: client.clientId,
    userId,
    scope: allowed,
    parameters: { ...parameters, redirect_uri: redirectUri, scope, resource: spelled },
  });
  const more = {
    ...(spelled === undefined ? {} : { resource: spelled }),
    ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
  };
  const answer = await server.exchange(client.clientId, code, verifier, { redirect_uri: redirectUri, ...more });
  if (answer.status !== 200) throw new Error(`No tokens: ${answer.text}`);
  return {
    tokens: answer.json,
    location,
    refresh: (refreshToken) => server.refresh(client.clientId, refreshToken, more),
  };
}

function isSameButPort(one: string, other: string): boolean {
  const withoutPort = (uri: string) => uri.replace(/^(http:\/\/[^/:]+):\d+/, "$1");
  return withoutPort(one) === withoutPort(other);
}
