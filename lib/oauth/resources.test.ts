import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { askAuthorize, authorizeForm } from "#test/authorize-request.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";
import { withoutOurResource } from "./endpoints/token.ts";
import { canonicalResource, effectiveScope, oneResource } from "./resources.ts";

testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let userId = "";

beforeAll(async () => {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  userId = (await insertUser()).id;
});

/** How clients spell the one resource; `gateway` is its origin. */
const spellings = (gateway: string): string[] => [
  `${gateway}/mcp`,
  `${gateway}/mcp/`,
  gateway,
  `${gateway}/`,
  gateway.replace("http://localhost", "HTTP://LocalHost"),
  `${gateway.replace("http://localhost", "HTTP://LOCALHOST")}/mcp`,
  `${gateway}/mcp?project=1&x=%20`,
];
const others = (gateway: string): string[] => [
  "https://other.example/mcp",
  `${gateway}/mcp2`,
  `${gateway}/MCP`,
  `${gateway}/v1`,
  `${gateway}.evil.example/mcp`,
  gateway.replace("http:", "https:"),
  gateway.replace(/:\d+$/, ":1"),
  gateway.replace("http://", "http://user@"),
  "urn:example:mcp",
];
const malformed = (gateway: string): string[] => [
  `${gateway}/mcp#fragment`,
  "/mcp",
  "mcp",
  "//localhost/mcp",
  "http://",
];

describe("at the authorization endpoint", () => {
  test("RES-01 RES-02 S04: every spelling of the resource gives a token for the one audience, which the gateway takes", async () => {
    for (const resource of spellings(server.url())) {
      const tokens = await server.connect(userId, { clientId, parameters: { resource } });
      expect(tokenClaims(tokens.access_token)["aud"]).toBe(`${server.url()}/mcp`);
      expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
    }
  });

  test("RES-03: without resource, at the authorization endpoint and after it, the token is for the one audience", async () => {
    for (const scope of [{}, { scope: "openid" }]) {
      const form = { resource: "", ...scope };
      const tokens = await server.connect(userId, { clientId, parameters: form });
      const refreshed = (await server.refresh(clientId, tokens.refresh_token)).json;
      for (const token of [tokens.access_token, refreshed.access_token]) {
        expect(tokenClaims(token)).toMatchObject({ aud: `${server.url()}/mcp`, scope: "mcp" });
      }
    }
  });

  test("RES-05 RES-06 attack 16: any other resource, and what is none, goes back as invalid_target", async () => {
    for (const resource of [...others(server.url()), ...malformed(server.url())]) {
      const { location, page } = await askAuthorize(server.url(), authorizeForm(server.url(), clientId, { resource }));
      expect([resource, location?.searchParams.get("error"), page]).toEqual([resource, "invalid_target", undefined]);
      expect(location?.searchParams.get("iss")).toBe(server.url());
    }
  });

  test("RES-07: two resources are refused, two spellings of one are not", async () => {
    const [mcp = "", slash = ""] = spellings(server.url());
    const two = (resource: string[]) => askAuthorize(server.url(), authorizeForm(server.url(), clientId, { resource }));
    expect((await two([mcp, "https://other.example/"])).location?.searchParams.get("error")).toBe("invalid_target");
    expect((await two([mcp, slash])).page).toMatch(/^\/consent\//);
  });
});

describe("at the token endpoint", () => {
  test("RES-04 REF-09: authorized with one spelling, redeemed and refreshed with another or none: the same audience", async () => {
    const all = spellings(server.url());
    for (const [index, resource] of all.entries()) {
      const { code, verifier } = await server.authorize({ clientId, userId, parameters: { resource } });
      const other = all[(index + 1) % all.length] ?? "";
      const redeemed = await server.exchange(clientId, code, verifier, { resource: other });
      expect([redeemed.status, tokenClaims(redeemed.json.access_token)["aud"]]).toEqual([200, `${server.url()}/mcp`]);
      for (const more of [{}, { resource: all[(index + 2) % all.length] ?? "" }, { resource: [other, resource] }]) {
        const { status, json } = await server.refresh(clientId, redeemed.json.refresh_token, more);
        expect([status, tokenClaims(json.access_token)["aud"]]).toEqual([200, `${server.url()}/mcp`]);
      }
    }
  });

  test("RES-05 RES-06 RES-07 attack 16: another resource, or one beside ours, is invalid_target and uses nothing up", async () => {
    const { refresh_token } = await server.connect(userId, { clientId });
    const ours = `${server.url()}/mcp`;
    const wrong = [...others(server.url()), ...malformed(server.url())];
    for (const resource of [...wrong, ...wrong.map((each) => [ours, each]), ...wrong.map((each) => [each, ours])]) {
      const { code, verifier } = await server.authorize({ clientId, userId });
      const redeemed = await server.exchange(clientId, code, verifier, { resource });
      const refreshed = await server.refresh(clientId, refresh_token, { resource });
      for (const { status, json } of [redeemed, refreshed]) {
        expect([resource, status, json]).toEqual([resource, 400, expect.objectContaining({ error: "invalid_target" })]);
      }
    }
  });
});

describe("the pure checks", () => {
  const environment = {
    apiUrl: "https://api.example.org",
    mcpUrl: "https://mcp.example.org",
    audience: "https://mcp.example.org/mcp",
  };

  test("RES-02: on split hosts, both origins name the resource; a long identifier is none, and costs nothing", () => {
    for (const origin of [environment.apiUrl, environment.mcpUrl]) {
      expect(canonicalResource(`${origin}/`, environment)).toBe(environment.audience);
    }
    expect(canonicalResource("https://api.example.org/mcp", environment)).toBeUndefined();
    expect(canonicalResource(`https://mcp.example.org/${"/".repeat(50_000)}x`, environment)).toBeUndefined();
    const older = { ...environment, audience: "https://mcp.example.org" };
    expect(canonicalResource("https://mcp.example.org/mcp/", older)).toBe("https://mcp.example.org");
  });

  test("RES-07: of several spellings any will do; with another resource among them nothing is chosen", () => {
    const mixed = ["https://mcp.example.org", "https://other.example/"];
    expect(oneResource(["https://mcp.example.org/", "https://api.example.org"], environment)).toBe(
      "https://mcp.example.org/",
    );
    expect(oneResource(mixed, environment)).toEqual(mixed);
    expect(oneResource([], environment)).toEqual([]);
  });

  test("RES-04: a form without our resource stays as it is, byte for byte; one with it loses nothing else", () => {
    const ours = "resource=https%3A%2F%2Fmcp.example.org%2Fmcp";
    const pair = fc.stringMatching(/^[a-qs-z%+=\x80-\xff]{0,20}$/);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), fc.array(pair, { maxLength: 8 }), (before, after) => {
        const rest = [...before, ...after].join("&");
        expect(withoutOurResource(rest, environment)).toBe(rest);
        expect(withoutOurResource([...before, ours, ...after].join("&"), environment)).toBe(rest);
        const twice = [...before, ours, ...after, "%72esource=https://other.example/"].join("&");
        expect(withoutOurResource(twice, environment)).toBe(twice);
      }),
    );
    expect(withoutOurResource("resource&a=b", environment)).toBe("resource&a=b");
    expect(withoutOurResource("resource=&a=b", environment)).toBe("resource=&a=b");
  });

  test("AUT-11 S07: a scope that is understood is one of ours, whatever was asked", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom("mcp", "mcp:read", "mcp:write", "openid"), fc.string())),
        (names) => {
          expect(["mcp", "mcp:read", "mcp:write", "mcp:read mcp:write"]).toContain(effectiveScope(names.join(" ")));
        },
      ),
    );
    expect(effectiveScope(undefined)).toBe("mcp");
  });
});
