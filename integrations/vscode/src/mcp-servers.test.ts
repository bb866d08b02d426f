import { afterEach, expect, test, vi } from "vitest";
import type { McpHttpServerDefinition, Uri } from "vscode";
import { MemorySecrets } from "../test/memory-secrets.ts";
import { CredentialStore, type OAuthCredential } from "./credential-store.ts";
import { type McpOptions, McpServers } from "./mcp-servers.ts";

const SERVER = "https://memory.example.org";
const session: OAuthCredential = {
  kind: "oauth",
  id: "1",
  issuer: SERVER,
  scopes: ["mcp"],
  scope: "mcp",
  accessToken: "access-1",
  refreshToken: "refresh-1",
  renewAt: 3_600_000,
};

afterEach(() => vi.useRealTimers());

/** The editor's class, as far as it is used. */
class Definition {
  readonly label: string;
  uri: Uri;
  headers: Record<string, string>;
  version?: string;

  constructor(label: string, uri: Uri, headers: Record<string, string> = {}, version?: string) {
    this.label = label;
    this.uri = uri;
    this.headers = headers;
    if (version !== undefined) this.version = version;
  }
}

function open(options: Partial<McpOptions> = {}) {
  const store = new CredentialStore(new MemorySecrets());
  const servers = new McpServers({
    store,
    server: () => SERVER,
    version: "1.2.3",
    sessionToken: async () => {
      const stored = await store.read(SERVER);
      return stored?.kind === "oauth" ? stored.accessToken : undefined;
    },
    renewSilently: async () => undefined,
    definition: Definition,
    parseUri: (text) => new URL(text) as unknown as Uri,
    now: () => 0,
    ...options,
  });
  const only = async (): Promise<McpHttpServerDefinition> => {
    const [definition] = await servers.provideMcpServerDefinitions();
    if (!definition) throw new Error("There is no server.");
    return definition;
  };
  return { store, servers, only };
}

test("the server is found without signing in, and its definition holds no credential", async () => {
  const { store, only } = open({ sessionToken: () => Promise.reject(new Error("asked")) });
  const before = await only();
  expect([String(before.uri), before.headers]).toEqual([`${SERVER}/mcp`, {}]);
  await store.write(SERVER, session);
  expect(JSON.stringify(await only())).not.toMatch(/access-1|refresh-1/);
});

test.each([
  ["a key", { kind: "api_key", key: "psy_key", since: 1 } as const, "Bearer psy_key"],
  ["a session", session, "Bearer access-1"],
])("started with %s, its requests carry that", async (_, credential, header) => {
  const { store, servers, only } = open();
  await store.write(SERVER, credential);
  const { headers } = await servers.resolveMcpServerDefinition(await only());
  expect(headers).toEqual({ Authorization: header });
  servers.dispose();
});

test("is not started when nobody signs in", async () => {
  const { servers, only } = open();
  await expect(servers.resolveMcpServerDefinition(await only())).rejects.toMatchObject({ name: "Canceled" });
});

test("a renewed token changes the version, so that the editor asks for the new one; the same token does not", async () => {
  const { store, only } = open();
  await store.write(SERVER, session);
  const { version } = await only();
  expect((await only()).version).toBe(version);
  await store.write(SERVER, { ...session, accessToken: "access-2", renewAt: 7_200_000 });
  expect((await only()).version).not.toBe(version);
});

test("so does another key", async () => {
  const { store, only } = open();
  await store.write(SERVER, { kind: "api_key", key: "psy_one", since: 1 });
  const { version } = await only();
  await store.write(SERVER, { kind: "api_key", key: "psy_two", since: 2 });
  expect((await only()).version).not.toBe(version);
});

test("signing in or out, in any window, makes the editor look again", async () => {
  const { store, servers } = open();
  let count = 0;
  servers.onDidChangeMcpServerDefinitions(() => {
    count += 1;
  });
  await store.write(SERVER, session);
  await store.remove(SERVER);
  expect(count).toBe(2);
});

test("while it runs, its token is renewed before it ends, again and again", async () => {
  vi.useFakeTimers({ now: 0 });
  const renewals: number[] = [];
  const { store, servers, only } = open({
    now: Date.now,
    renewSilently: async () => {
      renewals.push(Date.now());
      await store.write(SERVER, { ...session, renewAt: Date.now() + 3_600_000 });
    },
  });
  await store.write(SERVER, session);
  await servers.resolveMcpServerDefinition(await only());
  await vi.advanceTimersByTimeAsync(3_599_000);
  expect(renewals).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(21_001);
  expect(renewals).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3_621_000);
  expect(renewals).toHaveLength(2);
  servers.dispose();
  await vi.advanceTimersByTimeAsync(36_000_000);
  expect(renewals).toHaveLength(2);
});
