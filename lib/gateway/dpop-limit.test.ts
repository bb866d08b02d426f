import { createHash, randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, it } from "vitest";
import { db } from "#lib/db.ts";
import { REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { send } from "#test/gateway.ts";

const LIMIT = 4;
testDatabase();
const server = testAuthorizationServer({ RATE_LIMIT: String(LIMIT) });

it("DPO-02: proofs beyond the rate limit cost no statement, and a repeated one tells nothing about the limit", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  const proof = (method: string, path: string, claims: Record<string, unknown> = {}) =>
    new SignJWT({ jti: randomUUID(), htm: method, htu: `${server.url()}${path}`, ...claims })
      .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk })
      .setIssuedAt()
      .sign(privateKey);
  const clientId = (await server.register()).json.client_id;
  const { code, verifier } = await server.authorize({ clientId, userId: (await insertUser()).id });
  const form = { grant_type: "authorization_code", client_id: clientId, code, redirect_uri: REDIRECT_URI };
  const headers = { dpop: await proof("POST", "/oauth/token") };
  const { json } = await server.post("/oauth/token", { ...form, code_verifier: verifier }, headers);
  const token = String(json["access_token"]);
  const ath = createHash("sha256").update(token).digest("base64url");
  const ask = (dpop: string) =>
    send(server.url(), "GET", "/v1/me", { headers: { authorization: `DPoP ${token}`, dpop } });

  const first = await proof("GET", "/v1/me", { ath });
  expect((await ask(first)).status).toBe(200);
  const repeated = await ask(first);
  expect([repeated.status, repeated.headers.get("ratelimit")]).toEqual([401, null]);
  const statuses: number[] = [];
  for (let count = 0; count < 8; count += 1) statuses.push((await ask(await proof("GET", "/v1/me", { ath }))).status);
  // Windows are minutes of the clock: one may end meanwhile.
  const answered = 1 + statuses.filter((status) => status === 200).length;
  expect(answered).toBeLessThanOrEqual(2 * LIMIT);
  expect(statuses).toContain(429);
  expect(await db().proofReplay.count()).toBe(answered);
});
