import {
  Client,
  DpopSession,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { describe, expect, it } from "vitest";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer();

type Information = Awaited<ReturnType<OAuthClientProvider["clientInformation"]>>;
type Stored = Awaited<ReturnType<OAuthClientProvider["tokens"]>>;

/** What a program on the official SDK brings. Its browser is the function behind the consent page, which allows `allowed` at most. */
class Program implements OAuthClientProvider {
  readonly redirectUrl = "http://127.0.0.1/callback";
  readonly asked: string[] = [];
  stored: Stored;
  callback: URLSearchParams | undefined;
  #information: Information;
  #verifier = "";
  #discovery: OAuthDiscoveryState | undefined;
  #userId: string;
  #allowed: (asked: string) => string;
  readonly #session: DpopSession | undefined;

  constructor(userId: string, allowed: (asked: string) => string, session?: DpopSession) {
    this.#userId = userId;
    this.#allowed = allowed;
    this.#session = session;
  }
  get clientMetadata() {
    return { client_name: "A program", redirect_uris: [this.redirectUrl], token_endpoint_auth_method: "none" };
  }
  dpop = () => this.#session;
  state = () => "a state";
  clientInformation = () => this.#information;
  saveClientInformation(information: NonNullable<Information>): void {
    this.#information = information;
  }
  tokens = () => this.stored;
  saveTokens(tokens: NonNullable<Stored>): void {
    this.stored = tokens;
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier = () => this.#verifier;
  saveDiscoveryState(discovery: OAuthDiscoveryState): void {
    this.#discovery = discovery;
  }
  discoveryState = () => this.#discovery;
  async redirectToAuthorization(url: URL): Promise<void> {
    const parameters = Object.fromEntries(url.searchParams);
    const asked = parameters["scope"] ?? "";
    this.asked.push(asked);
    const clientId = parameters["client_id"] ?? "";
    const scope = this.#allowed(asked);
    const { location } = await server.authorize({ clientId, userId: this.#userId, scope, parameters });
    this.callback = location.searchParams;
  }
}

async function connect(program: Program): Promise<Client> {
  const url = new URL(`${server.url()}/mcp`);
  const first = new StreamableHTTPClientTransport(url, { authProvider: program });
  await expect(new Client({ name: "a program", version: "1" }).connect(first)).rejects.toThrow(/unauthorized/i);
  await first.finishAuth(program.callback ?? new URLSearchParams());
  const client = new Client({ name: "a program", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(url, { authProvider: program }));
  return client;
}
const REMEMBER = { name: "pensyve_remember", arguments: { entity: "ada", fact: "likes tea" } };

describe("the official SDK", () => {
  it("DPO-01 DPO-02 DPO-03: with a key goes from the 401 to tools, and its token is good for nobody else", async () => {
    const session = await DpopSession.create();
    const program = new Program((await insertUser()).id, () => "mcp", session);
    const client = await connect(program);
    expect(program.stored).toMatchObject({ token_type: "DPoP" });
    const token = program.stored?.access_token ?? "";
    expect(tokenClaims(token)["cnf"]).toEqual({ jkt: session.thumbprint });
    expect((await client.listTools()).tools.length).toBeGreaterThan(4);
    expect((await client.callTool(REMEMBER)).isError ?? false).toBe(false);
    const stolen = await fetch(`${server.url()}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(stolen.status).toBe(401);
    await client.close();
  });

  it("BER-05 S12: steps up from the 403 by itself, asks for what it has and what it lacks, and then may do both", async () => {
    const { id } = await insertUser();
    // The first time the person allows reading alone; when it asks for more, that.
    let times = 0;
    const program = new Program(id, (asked) => {
      times += 1;
      return times === 1
        ? "mcp:read"
        : asked
            .split(" ")
            .filter((name) => name.startsWith("mcp"))
            .join(" ");
    });
    const client = await connect(program);
    expect(program.stored?.scope).toBe("mcp:read");
    await expect(client.callTool(REMEMBER)).rejects.toThrow(/unauthorized/i);
    expect(program.asked).toHaveLength(2);
    expect(program.asked[1]?.split(" ")).toEqual(expect.arrayContaining(["mcp:read", "mcp:write"]));
    const transport = new StreamableHTTPClientTransport(new URL(`${server.url()}/mcp`), { authProvider: program });
    await transport.finishAuth(program.callback ?? new URLSearchParams());
    const again = new Client({ name: "a program", version: "1" });
    await again.connect(transport);
    expect((await again.callTool(REMEMBER)).isError ?? false).toBe(false);
    const recalled = await again.callTool({ name: "pensyve_recall", arguments: { query: "tea" } });
    expect(JSON.stringify(recalled.content)).toContain("likes tea");
    await again.close();
  });
});
