import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { scopeAllows } from "#lib/scopes.ts";
import { makeCredentialCache } from "./credential-cache.ts";
import type { AccessTokenPrincipal } from "./principal.ts";
import { type TokenVerifier, verifyAccessToken } from "./verify-access-token.ts";

const ISSUER = "https://auth.example.org";
const AUDIENCE = "https://auth.example.org/mcp";
const NOW_MS = 1_800_000_000_000;
const NOW = NOW_MS / 1000;
const ours = generateKeyPairSync("ed25519");
const strangers = generateKeyPairSync("ed25519");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const userId = newId();
const grantId = newId();

type Values = Readonly<Record<string, unknown>>;
const HEADER = { alg: "EdDSA", typ: "at+jwt", kid: "key-1" };
const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: userId,
  client_id: "psc_client",
  grant_id: grantId,
  iat: NOW - 10,
  exp: NOW + 3590,
  jti: "a-token",
  scope: "mcp:read",
};

const encode = (text: string | Buffer): string => Buffer.from(text).toString("base64url");
/** A token with a good signature of our key, whatever it says. Parts may be given as text. */
function token(claims: Values | string = CLAIMS, header: Values | string = HEADER, key: KeyObject = ours.privateKey) {
  const [head, body] = [header, claims].map((part) => encode(typeof part === "string" ? part : JSON.stringify(part)));
  return `${head}.${body}.${encode(sign(null, Buffer.from(`${head}.${body}`), key))}`;
}
const without = (name: keyof typeof CLAIMS) =>
  Object.fromEntries(Object.entries(CLAIMS).filter(([each]) => each !== name));

let looked = { keys: 0, grants: 0 };
let verifier: TokenVerifier;
beforeEach(() => {
  looked = { keys: 0, grants: 0 };
  verifier = {
    issuer: ISSUER,
    audience: AUDIENCE,
    cache: makeCredentialCache<AccessTokenPrincipal>(),
    isTrusted: () => true,
    findPublicKey: async (kid) => {
      looked.keys += 1;
      return kid === "key-1" ? ours.publicKey : undefined;
    },
    isGrantAlive: async (principal) => {
      looked.grants += 1;
      return principal.grantId === grantId;
    },
  };
});

const verify = async (value: string, nowMs = NOW_MS) => await verifyAccessToken(value, verifier, nowMs);
const reason = async (value: string, nowMs?: number) => {
  const result = await verify(value, nowMs);
  return result.ok ? "accepted" : result.reason;
};

test("a good token stands for its user, client and grant; the second time without a promise", async () => {
  const value = token();
  const principal = { kind: "access_token", userId, clientId: "psc_client", grantId, scope: "mcp:read" };
  expect(await verify(value)).toMatchObject({ ok: true, principal });
  const cached = verifyAccessToken(value, verifier, NOW_MS);
  expect(cached).not.toBeInstanceOf(Promise);
  expect(cached).toMatchObject({ principal });
  expect(looked).toEqual({ keys: 1, grants: 1 });
});

describe("what no look-up is spent on", () => {
  const hs256 = (): string => {
    const input = `${encode(JSON.stringify({ ...HEADER, alg: "HS256" }))}.${encode(JSON.stringify(CLAIMS))}`;
    const secret = ours.publicKey.export({ format: "pem", type: "spki" });
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  };
  const unsigned = (alg: string): string => {
    const input = `${encode(JSON.stringify({ ...HEADER, alg }))}.${encode(JSON.stringify(CLAIMS))}`;
    return `${input}.`;
  };
  const rs256 = (): string => {
    const input = `${encode(JSON.stringify({ ...HEADER, alg: "RS256" }))}.${encode(JSON.stringify(CLAIMS))}`;
    return `${input}.${encode(sign("sha256", Buffer.from(input), rsa.privateKey))}`;
  };
  const jwk = strangers.publicKey.export({ format: "jwk" });
  const withHeader = (more: Values, key = ours.privateKey) => token(CLAIMS, { ...HEADER, ...more }, key);
  const body = JSON.stringify(CLAIMS).slice(1);
  const cases: [string, string][] = [
    ["alg none without a signature", unsigned("none")],
    ["alg None", unsigned("None")],
    ["alg none with a signature", withHeader({ alg: "none" })],
    ["HS256 keyed with the public key", hs256()],
    ["an RS256 header and signature", rs256()],
    ["an RS256 header over our signature", withHeader({ alg: "RS256" })],
    ["ES256 over our signature", withHeader({ alg: "ES256" })],
    ["no alg", token(CLAIMS, { typ: "at+jwt", kid: "key-1" })],
    ["no kid", token(CLAIMS, { alg: "EdDSA", typ: "at+jwt" })],
    ["a kid that is a number", withHeader({ kid: 1 })],
    ["an embedded jwk that signed it", withHeader({ jwk }, strangers.privateKey)],
    ["an embedded jwk beside our signature", withHeader({ jwk })],
    ["jku", withHeader({ jku: "https://evil.example/jwks" }, strangers.privateKey)],
    ["x5u", withHeader({ x5u: "https://evil.example/x5" }, strangers.privateKey)],
    ["x5c", withHeader({ x5c: ["MIIB"] })],
    ["an unknown crit", withHeader({ crit: ["x"], x: 1 })],
    ["crit that is empty", withHeader({ crit: [] })],
    ["b64: false", withHeader({ crit: ["b64"], b64: false })],
    ["b64: false without crit", withHeader({ b64: false })],
    ["an ID token", withHeader({ typ: "JWT" })],
    ["no typ, as ID tokens have none", token(CLAIMS, { alg: "EdDSA", kid: "key-1" })],
    ["a DPoP proof", withHeader({ typ: "dpop+jwt" })],
    ["a claim twice", token(`{"scope":"mcp",${body}`)],
    ["sub twice", token(`{"sub":"${newId()}",${body}`)],
    ["a header parameter twice", token(CLAIMS, '{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"key-1"}')],
    ["claims that are an array", token("[]")],
    ["claims that are no JSON", token("{")],
    ["one part", "eyJhbGciOiJFZERTQSJ9"],
    ["two parts", token().split(".").slice(0, 2).join(".")],
    ["four parts", `${token()}.AA`],
    ["five parts, as encrypted tokens have", "e30.e30.e30.e30.e30"],
    ["a session id of somebody else's", "0123456789abcdef0123456789abcdef"],
    ["4,096 dots", ".".repeat(4096)],
    ["4,096 letters", "a".repeat(4096)],
  ];
  test.each(cases)("attack 25, JWT-02 JWT-03: %s is refused", async (_name, value) => {
    const answer = verifyAccessToken(value, verifier, NOW_MS);
    expect(answer).toEqual({ ok: false, reason: "malformed" });
    expect(looked).toEqual({ keys: 0, grants: 0 });
    expect(verifier.cache.counters.misses).toBe(0);
  });

  test("attack 25: any text that is no token is refused without a look-up, and never throws", async () => {
    const text = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.tuple(fc.json(), fc.json(), fc.string()).map((parts) => parts.map((part) => encode(part)).join(".")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect(await reason(value)).toBe("malformed");
      }),
    );
    expect(looked).toEqual({ keys: 0, grants: 0 });
  });
});

test.each([["EdDSA"], ["Ed25519"]])("JWT-02: %s, bound to an Ed25519 key, is accepted", async (alg) => {
  expect(await reason(token(CLAIMS, { ...HEADER, alg }))).toBe("accepted");
});

test.each([["at+jwt"], ["application/at+jwt"], ["AT+JWT"]])("JWT-03: typ %s is an access token", async (typ) => {
  expect(await reason(token(CLAIMS, { ...HEADER, typ }))).toBe("accepted");
});

test("attack 25: a stranger's signature under our kid, and an unknown kid, are refused", async () => {
  expect(await reason(token(CLAIMS, HEADER, strangers.privateKey))).toBe("bad_signature");
  expect(await reason(token(CLAIMS, { ...HEADER, kid: "key-2" }))).toBe("bad_signature");
  expect(looked.grants).toBe(0);
});

test("attack 25: our kid for a key of another kind verifies nothing", async () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  verifier.findPublicKey = async () => ec.publicKey;
  expect(
    await reason(
      token(CLAIMS, HEADER, createPrivateKey(strangers.privateKey.export({ format: "pem", type: "pkcs8" }))),
    ),
  ).not.toBe("accepted");
});

describe("claims", () => {
  test.each<[string, Values, string]>([
    ["RES-08: another audience", { ...CLAIMS, aud: "https://other.example/mcp" }, "wrong_audience"],
    ["RES-08: the bare origin", { ...CLAIMS, aud: ISSUER }, "wrong_audience"],
    ["RES-08: our audience with a slash", { ...CLAIMS, aud: `${AUDIENCE}/` }, "wrong_audience"],
    [
      "RES-08, attack 16: an array of audiences that holds ours",
      { ...CLAIMS, aud: [AUDIENCE, "https://x.example"] },
      "malformed",
    ],
    ["RES-08, attack 25: an array of our audience alone", { ...CLAIMS, aud: [AUDIENCE] }, "malformed"],
    ["RES-08: no audience", without("aud"), "wrong_audience"],
    ["JWT-03: another issuer", { ...CLAIMS, iss: "https://evil.example" }, "wrong_issuer"],
    ["JWT-03: no issuer", without("iss"), "wrong_issuer"],
    ["JWT-03: no exp", without("exp"), "malformed"],
    ["attack 25, JWT-03: exp as a string", { ...CLAIMS, exp: String(NOW + 100) }, "malformed"],
    ["JWT-03: no iat", without("iat"), "malformed"],
    ["JWT-03: iat as a string", { ...CLAIMS, iat: String(NOW) }, "malformed"],
    ["JWT-03: no jti", without("jti"), "malformed"],
    ["JWT-03: an empty jti", { ...CLAIMS, jti: "" }, "malformed"],
    ["JWT-03: no client_id", without("client_id"), "malformed"],
    ["JWT-03: no grant_id", without("grant_id"), "malformed"],
    ["JWT-03: a grant_id of another form", { ...CLAIMS, grant_id: "x" }, "malformed"],
    ["JWT-03: no sub", without("sub"), "malformed"],
    ["JWT-11: a sub that is the client's id, not a user's", { ...CLAIMS, sub: CLAIMS.client_id }, "malformed"],
    ["JWT-07: a scope that is no text", { ...CLAIMS, scope: ["mcp"] }, "malformed"],
    [
      "DPO-02: bound to something that is not a key's thumbprint",
      { ...CLAIMS, cnf: { "x5t#S256": "abc" } },
      "malformed",
    ],
    ["DPO-02: bound to nothing", { ...CLAIMS, cnf: {} }, "malformed"],
    ["JWT-03: a grant that is not alive", { ...CLAIMS, grant_id: newId() }, "revoked"],
  ])("%s is refused", async (_name, values, expected) => {
    expect(await reason(token(values))).toBe(expected);
    if (expected !== "revoked") expect(looked.grants).toBe(0);
  });

  const times: [string, Values, string][] = [
    ["exp 4 s ago", { exp: NOW - 4 }, "accepted"],
    ["exp 5 s ago", { exp: NOW - 5 }, "expired"],
    ["exp an hour ago", { exp: NOW - 3600 }, "expired"],
    ["nbf in 5 s", { nbf: NOW + 5 }, "accepted"],
    ["nbf in 6 s", { nbf: NOW + 6 }, "malformed"],
    ["iat in 5 s", { iat: NOW + 5 }, "accepted"],
    ["iat in 6 s", { iat: NOW + 6 }, "malformed"],
  ];
  test.each(times)("JWT-04: %s (the skew is 5 s)", async (_name, more, expected) => {
    expect(await reason(token({ ...CLAIMS, ...more }))).toBe(expected);
  });

  test("JWT-04: a warm token ends by the clock at the same moment as a cold one", async () => {
    const value = token();
    expect(await reason(value)).toBe("accepted");
    const end = (CLAIMS.exp + 5) * 1000;
    expect(await reason(value, end - 1)).toBe("accepted");
    expect(await reason(value, end)).toBe("expired");
    verifier.cache.clear();
    expect(await reason(value, end)).toBe("expired");
  });

  test.each([
    ["no scope", without("scope"), []],
    ["an empty scope", { ...CLAIMS, scope: "" }, []],
    ["an unknown scope", { ...CLAIMS, scope: "admin mcp:* MCP openid" }, []],
    ["mcp:write mcp:read in any order, twice", { ...CLAIMS, scope: "mcp:write mcp:read mcp:write" }, ["read", "write"]],
    ["an unknown one beside read", { ...CLAIMS, scope: "foo mcp:read" }, ["read"]],
    ["mcp", { ...CLAIMS, scope: "mcp" }, ["read", "write", "full"]],
  ] as const)("JWT-07 JWT-08: %s", async (_name, values, allowed) => {
    const result = await verify(token(values));
    const scope = result.ok ? result.principal.scope : "refused";
    expect((["read", "write", "full"] as const).filter((access) => scopeAllows(scope, access))).toEqual(allowed);
  });
});

describe("attack 3: of a good token", () => {
  const value = token();
  const accepts = async (changed: string): Promise<boolean> => (await verify(changed)).ok;

  test("no character can be changed", async () => {
    expect(await accepts(value)).toBe(true);
    const accepted: number[] = [];
    for (let index = 0; index < value.length; index += 1) {
      for (const other of ["A", "B", "w", "x", "_", ".", "="]) {
        if (other === value[index]) continue;
        if (await accepts(value.slice(0, index) + other + value.slice(index + 1))) accepted.push(index);
      }
    }
    expect(accepted).toEqual([]);
  });

  test("the unused bits of the last character cannot be changed either", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const last of alphabet) {
      expect([last, await accepts(value.slice(0, -1) + last)]).toEqual([last, last === value.at(-1)]);
    }
  });

  test("no end can be cut off, nothing left out and nothing added", async () => {
    const accepted: string[] = [];
    for (let index = 0; index < value.length; index += 1) {
      for (const changed of [
        value.slice(0, index),
        value.slice(0, index) + value.slice(index + 1),
        `${value.slice(0, index)}A${value.slice(index)}`,
      ]) {
        if (await accepts(changed)) accepted.push(changed);
      }
    }
    for (const end of ["A", "=", "==", ".", "\n", " ", "%00", "~"]) {
      if (await accepts(value + end)) accepted.push(end);
    }
    expect(accepted).toEqual([]);
  });
});

describe("the database", () => {
  test("away while the grant is looked up: unavailable, which is no verdict", async () => {
    verifier.isGrantAlive = () => Promise.reject(new Error("connection refused"));
    expect(await reason(token())).toBe("unavailable");
  });

  test("away while the key is looked up: unavailable", async () => {
    verifier.findPublicKey = () => Promise.reject(new Error("connection refused"));
    expect(await reason(token())).toBe("unavailable");
  });

  test("JWT-05: away, warm tokens are verified on; without trust in the cache nothing is", async () => {
    const value = token();
    await verify(value);
    verifier.isGrantAlive = () => Promise.reject(new Error("connection refused"));
    verifier.findPublicKey = () => Promise.reject(new Error("connection refused"));
    expect(await reason(value)).toBe("accepted");
    verifier.isTrusted = () => false;
    expect(await reason(value)).toBe("unavailable");
  });
});

describe("fill race", () => {
  test("attack 7: a withdrawal during the verification is neither answered with 'alive' nor stored", async () => {
    const read = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let isAlive = true;
    verifier.isGrantAlive = async () => {
      const alive = isAlive;
      looked.grants += 1;
      if (looked.grants === 1) {
        read.resolve();
        await release.promise;
      }
      return alive;
    };
    const value = token();
    const answer = verifyAccessToken(value, verifier, NOW_MS);
    await read.promise;
    isAlive = false;
    verifier.cache.forgetCredential(grantId); // the event, as the listener applies it
    release.resolve();
    expect(await answer).toEqual({ ok: false, reason: "revoked" });
    expect(looked.grants).toBe(2);
    expect(await reason(value)).toBe("revoked");
  });

  test("attack 26: a signing key that goes during the verification verifies nothing, and nothing is stored", async () => {
    const read = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    verifier.isGrantAlive = async () => {
      looked.grants += 1;
      if (looked.grants === 1) {
        read.resolve();
        await release.promise;
      }
      return true;
    };
    const value = token();
    const answer = verifyAccessToken(value, verifier, NOW_MS);
    await read.promise;
    verifier.findPublicKey = () => Promise.resolve(undefined);
    verifier.cache.clear(); // the event signing_key.changed, as the listener applies it
    release.resolve();
    expect(await answer).toEqual({ ok: false, reason: "bad_signature" });
    expect(await reason(value)).toBe("bad_signature");
  });

  test("while changes are not heard, nothing is stored", async () => {
    verifier.isTrusted = () => false;
    const value = token();
    await verify(value);
    await verify(value);
    expect(looked).toEqual({ keys: 2, grants: 2 });
  });
});
