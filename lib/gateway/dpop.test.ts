import { createHash, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import * as oauth from "oauth4webapi";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/db.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { REDIRECT_URI, testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { send, sendRpc, type TestAnswer } from "#test/gateway.ts";

testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };

/** A client that holds a key, and makes its proofs by hand. */
type Holder = Awaited<ReturnType<typeof newHolder>>;
async function newHolder() {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk: JWK = await exportJWK(publicKey);
  const proof = (method: string, url: string, token?: string, more: Record<string, unknown> = {}): Promise<string> => {
    const ath = token === undefined ? {} : { ath: createHash("sha256").update(token).digest("base64url") };
    const claims = { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(Date.now() / 1000), ...ath, ...more };
    return new SignJWT(claims).setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk }).sign(privateKey);
  };
  return { proof, thumbprint: await calculateJwkThumbprint(jwk) };
}

/** Connects an app whose tokens are bound to `holder`. */
async function connectBound(holder: Holder, scope = "mcp") {
  const { id: userId } = await insertUser();
  const clientId = (await server.register()).json.client_id;
  const { code, verifier } = await server.authorize({ clientId, userId, scope });
  const form = { grant_type: "authorization_code", client_id: clientId, code, redirect_uri: REDIRECT_URI };
  const dpop = await holder.proof("POST", `${server.url()}/oauth/token`);
  const answer = await server.post("/oauth/token", { ...form, code_verifier: verifier }, { dpop });
  expect(answer.json).toMatchObject({ token_type: "DPoP" });
  const { access_token: token, refresh_token: refreshToken } = answer.json as Record<string, string>;
  return { token: token ?? "", refreshToken: refreshToken ?? "", userId, clientId };
}

const ask = (token: string, proof?: string, scheme = "DPoP", path = "/v1/me"): Promise<TestAnswer> =>
  send(server.url(), "GET", path, {
    headers: { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) },
  });
const me = () => `${server.url()}/v1/me`;
const challengeOf = (answer: TestAnswer): string => answer.headers.get("www-authenticate") ?? "";

let holder: Holder;
let stranger: Holder;
beforeAll(async () => {
  holder = await newHolder();
  stranger = await newHolder();
});

describe("a strict client (oauth4webapi)", () => {
  /** Discovery, registration, authorization and exchange, with a key; `skew`: how wrong its clock is, in seconds. */
  async function walk(alg: string, skew = 0) {
    const issuer = new URL(server.url());
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }),
    );
    const { json } = await server.register();
    const client: oauth.Client = { client_id: json.client_id, [oauth.clockSkew]: skew };
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(alg));
    const { id: userId } = await insertUser();
    const parameters = { dpop_jkt: await DPoP.calculateThumbprint() };
    const { location, verifier } = await server.authorize({ clientId: client.client_id, userId, parameters });
    const callback = oauth.validateAuthResponse(as, client, location, "state");
    let challenged = 0;
    const again = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      try {
        return await work();
      } catch (error) {
        if (!oauth.isDPoPNonceError(error)) throw error;
        challenged += 1;
        return await work();
      }
    };
    const options = { DPoP, ...insecure };
    const tokens = await again(async () => {
      const { None, authorizationCodeGrantRequest, processAuthorizationCodeResponse } = oauth;
      const sent = authorizationCodeGrantRequest(as, client, None(), callback, REDIRECT_URI, verifier, options);
      return await processAuthorizationCodeResponse(as, client, await sent);
    });
    const refresh = (token: string) =>
      again(async () => {
        const sent = oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, options);
        return await oauth.processRefreshTokenResponse(as, client, await sent);
      });
    const call = (token: string, method: string, path: string, body?: string) =>
      again(() => {
        const headers = new Headers({
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
        });
        return oauth.protectedResourceRequest(token, method, new URL(path, issuer), headers, body, options);
      });
    return { as, tokens, refresh, call, DPoP, challenged: () => challenged };
  }
  const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

  it.each(["ES256", "Ed25519"])(
    "DPO-01 DPO-02: with an %s key goes from discovery to a refreshed token, and the gateway takes both, without any retry",
    async (alg) => {
      const { as, tokens, refresh, call, DPoP, challenged } = await walk(alg);
      expect(as.dpop_signing_alg_values_supported).toEqual(expect.arrayContaining(["ES256", "Ed25519", "EdDSA"]));
      expect(tokens).toMatchObject({ token_type: "dpop", scope: "mcp" });
      const thumbprint = await DPoP.calculateThumbprint();
      expect(tokenClaims(tokens.access_token)["cnf"]).toEqual({ jkt: thumbprint });
      expect((await call(tokens.access_token, "GET", "/v1/me")).status).toBe(200);
      expect((await call(tokens.access_token, "GET", "/v1/usage?x=1")).status).toBe(200);
      expect((await call(tokens.access_token, "POST", "/mcp", LIST)).status).toBe(200);
      const refreshed = await refresh(tokens.refresh_token ?? "");
      expect(tokenClaims(refreshed.access_token)["cnf"]).toEqual({ jkt: thumbprint });
      expect((await call(refreshed.access_token, "POST", "/mcp", LIST)).status).toBe(200);
      expect(challenged()).toBe(0);
    },
  );

  it.each([-3_600, 3_600])(
    "DPO-02: whose clock is %i s off is given a nonce by both servers, and gets through",
    async (skew) => {
      const { tokens, refresh, call, challenged } = await walk("ES256", skew);
      expect(challenged()).toBe(1);
      expect((await call(tokens.access_token, "GET", "/v1/me")).status).toBe(200);
      expect(challenged()).toBe(2);
      expect((await call(tokens.access_token, "POST", "/mcp", LIST)).status).toBe(200);
      expect(challenged()).toBe(2);
      const refreshed = await refresh(tokens.refresh_token ?? "");
      expect((await call(refreshed.access_token, "GET", "/v1/me")).status).toBe(200);
    },
  );
});

describe("DPO-01: at the token endpoint", () => {
  const tokenUrl = () => `${server.url()}/oauth/token`;
  const refresh = async (bound: { clientId: string; refreshToken: string }, dpop?: string) =>
    await server.post(
      "/oauth/token",
      { grant_type: "refresh_token", client_id: bound.clientId, refresh_token: bound.refreshToken },
      dpop === undefined ? {} : { dpop },
    );

  it("a public client's refresh token is bound to its key: without a proof, or with another key's, it is good for nothing", async () => {
    const bound = await connectBound(holder);
    expect(await refresh(bound)).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    const theirs = await refresh(bound, await stranger.proof("POST", tokenUrl()));
    expect(theirs).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    const mine = await refresh(bound, await holder.proof("POST", tokenUrl()));
    expect(mine).toMatchObject({ status: 200, json: { token_type: "DPoP" } });
  });

  it("a code whose request named a key is exchanged with a proof of that key only", async () => {
    const { id: userId } = await insertUser();
    const clientId = (await server.register()).json.client_id;
    const exchange = async (by: Holder | undefined) => {
      const parameters = { dpop_jkt: holder.thumbprint };
      const { code, verifier } = await server.authorize({ clientId, userId, parameters });
      const form = { grant_type: "authorization_code", client_id: clientId, code, redirect_uri: REDIRECT_URI };
      const headers = by === undefined ? {} : { dpop: await by.proof("POST", tokenUrl()) };
      return await server.post("/oauth/token", { ...form, code_verifier: verifier }, headers);
    };
    expect(await exchange(undefined)).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    expect(await exchange(stranger)).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    expect(await exchange(holder)).toMatchObject({ status: 200, json: { token_type: "DPoP" } });
  });

  it("a proof works once, also when two requests bring it at once", async () => {
    const [one, other] = [await connectBound(holder), await connectBound(holder)];
    const shared = await holder.proof("POST", tokenUrl());
    const answers = await Promise.all([refresh(one, shared), refresh(one, shared)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    const wrong = await holder.proof("GET", tokenUrl());
    expect(await refresh(other, wrong)).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
  });
});

describe("DPO-01: a used proof", () => {
  it("is remembered for as long as it could be taken again, though it is dated ahead", async () => {
    const bound = await connectBound(holder);
    await db().oAuthArtifact.deleteMany({ where: { model: "ReplayDetection" } });
    const iat = Math.floor(Date.now() / 1000) + 290;
    const dpop = await holder.proof("POST", `${server.url()}/oauth/token`, undefined, { iat });
    const form = { grant_type: "refresh_token", client_id: bound.clientId, refresh_token: bound.refreshToken };
    expect((await server.post("/oauth/token", form, { dpop })).status).toBe(200);
    const [row, ...others] = await db().oAuthArtifact.findMany({ where: { model: "ReplayDetection" } });
    expect(others).toEqual([]);
    expect(row?.expiresAt.getTime()).toBeGreaterThan((iat + 300 - 5) * 1000);
  });
});

describe("DPO-02: at the gateway", () => {
  it("a bound token as Bearer, or without a proof, is refused, cold and warm; with a proof it works", async () => {
    const { token, clientId } = await connectBound(holder);
    for (let round = 0; round < 2; round += 1) {
      const bearer = await ask(token, undefined, "Bearer");
      expect([bearer.status, challengeOf(bearer)]).toEqual([
        401,
        expect.stringContaining('Bearer error="invalid_token"'),
      ]);
      expect((await ask(token, await holder.proof("GET", me(), token), "Bearer")).status).toBe(401);
      const bare = await ask(token);
      expect([bare.status, challengeOf(bare)]).toEqual([
        401,
        expect.stringMatching(/^DPoP error="invalid_dpop_proof"/),
      ]);
      const good = await ask(token, await holder.proof("GET", me(), token), round === 0 ? "DPoP" : "dpop");
      expect([good.status, good.json["client_id"]]).toEqual([200, clientId]);
    }
    expect((await sendRpc(server.url(), token, "tools/list")).status).toBe(401);
  });

  it("an unbound token with the scheme DPoP is refused, whatever proof comes with it; as Bearer a proof does not matter", async () => {
    const { access_token: token } = await server.connect((await insertUser()).id);
    const proof = () => holder.proof("GET", me(), token);
    expect((await ask(token)).status).toBe(401);
    expect((await ask(token, await proof())).status).toBe(401);
    expect((await ask(token, await proof(), "Bearer")).status).toBe(200);
  });

  it("a stolen token and proof are good for nothing else: other key, method, address, token, and not twice", async () => {
    const [mine, other] = [await connectBound(holder), await connectBound(holder)];
    const { token } = mine;
    const seen = await holder.proof("GET", me(), token);
    expect((await ask(token, seen)).status).toBe(200);
    const refused = [
      await ask(token, seen),
      await ask(other.token, await holder.proof("GET", me(), token)),
      await ask(token, await stranger.proof("GET", me(), token)),
      await ask(token, await holder.proof("POST", me(), token)),
      await ask(token, await holder.proof("GET", `${server.url()}/v1/usage`, token)),
      await ask(token, await holder.proof("GET", "https://evil.example/v1/me", token)),
      await ask(token, await holder.proof("GET", me())),
      await ask(token, `${await holder.proof("GET", me(), token)}, ${await holder.proof("GET", me(), token)}`),
    ];
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 401, json: { error: "invalid_token" } });
      expect(challengeOf(answer)).toBe(
        'DPoP error="invalid_dpop_proof", error_description="The DPoP proof is not valid for this request and token", ' +
          `algs="EdDSA Ed25519 ES256", resource_metadata="${server.url()}/.well-known/oauth-protected-resource"`,
      );
    }
    expect((await ask(token, await holder.proof("GET", me(), token))).status).toBe(200);
  });

  it("a proof that is too old gets 401 use_dpop_nonce and a nonce; browsers may read it, and send a proof", async () => {
    const { token } = await connectBound(holder);
    const iat = Math.floor(Date.now() / 1000) - 600;
    const proof = await holder.proof("GET", me(), token, { iat });
    const headers = { authorization: `DPoP ${token}`, dpop: proof, origin: "http://localhost:6274" };
    const answer = await send(server.url(), "GET", "/v1/me", { headers });
    expect([answer.status, challengeOf(answer)]).toEqual([401, expect.stringMatching(/^DPoP error="use_dpop_nonce"/)]);
    const nonce = answer.headers.get("dpop-nonce") ?? "";
    expect(nonce).toMatch(/^[\w-]{20,}$/);
    expect(answer.headers.get("access-control-expose-headers")).toContain("DPoP-Nonce");
    const preflight = { origin: "http://localhost:6274", "access-control-request-headers": "dpop" };
    const allowed = await send(server.url(), "OPTIONS", "/v1/me", { headers: preflight });
    expect(allowed.headers.get("access-control-allow-headers")).toContain("DPoP");
    expect((await ask(token, await holder.proof("GET", me(), token, { iat, nonce }))).status).toBe(200);
    expect((await ask(token, await holder.proof("GET", me(), token, { iat, nonce: "x" }))).status).toBe(401);
  });

  it("the address in the proof is the one of the host that was asked: other names of this machine stand for it", async () => {
    const { token } = await connectBound(holder);
    const alias = server.url().replace("localhost", "127.0.0.1");
    const headers = async (url: string) => ({
      authorization: `DPoP ${token}`,
      dpop: await holder.proof("GET", url, token),
    });
    const viaAlias = async (url: string) =>
      (await send(alias, "GET", "/v1/me", { headers: await headers(url) })).status;
    expect([
      await viaAlias(`${alias}/v1/me`),
      await viaAlias(me()),
      await viaAlias("http://127.0.0.1:1/v1/me"),
    ]).toEqual([200, 401, 401]);
  });

  it("REV-03: a withdrawn grant's bound token is refused though the proof is good", async () => {
    const { token, userId } = await connectBound(holder);
    expect((await ask(token, await holder.proof("GET", me(), token))).status).toBe(200);
    const grantId = String(tokenClaims(token)["grant_id"]);
    await withdrawGrant({ kind: "user", userId, isAdministrator: false }, { grantId });
    const answer = await ask(token, await holder.proof("GET", me(), token));
    expect([answer.status, challengeOf(answer)]).toEqual([
      401,
      expect.stringContaining('Bearer error="invalid_token"'),
    ]);
  });

  it("BER-05: a scope that is too narrow is named in both schemes", async () => {
    const { token } = await connectBound(holder, "mcp:read");
    const url = `${server.url()}/v1/remember`;
    const headers = { authorization: `DPoP ${token}`, dpop: await holder.proof("POST", url, token) };
    const answer = await send(server.url(), "POST", "/v1/remember", { headers, body: { entity: "a", fact: "b" } });
    expect(answer.status).toBe(403);
    expect(challengeOf(answer)).toMatch(
      /^Bearer error="insufficient_scope".*scope="mcp:read mcp:write".*, DPoP error="insufficient_scope".*scope="mcp:read mcp:write"/,
    );
  });
});
