import { createHash, randomUUID } from "node:crypto";
import { request } from "node:http";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REDIRECT_URI, testAuthorizationServer } from "./authorization-server.ts";
import { insertUser, testDatabase } from "./database.ts";
import { type RunningServer, startServer } from "./start-server.ts";

/** What clients call the gateways, as behind a load balancer that passes Host on. */
const API_HOST = "localhost:9";
const database = testDatabase();
const issuer = testAuthorizationServer();
let gateways: RunningServer[] = [];
let key: { jwk: JWK; privateKey: CryptoKey };
let token = "";

/** Processes that have the database and no SECRET. */
const startGateway = (): Promise<RunningServer> => {
  const { publicUrl, audience } = issuer.environment();
  const addresses = { PUBLIC_URL: publicUrl, API_URL: `http://${API_HOST}`, AUDIENCE: audience };
  return startServer({ env: { SERVE: "gateway", DATABASE_URL: database.url(), LOG_LEVEL: "warn", ...addresses } });
};
beforeAll(async () => {
  gateways = await Promise.all([startGateway(), startGateway()]);
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  key = { jwk: await exportJWK(publicKey), privateKey };
  const clientId = (await issuer.register()).json.client_id;
  const { code, verifier } = await issuer.authorize({ clientId, userId: (await insertUser()).id });
  const form = { grant_type: "authorization_code", client_id: clientId, code, redirect_uri: REDIRECT_URI };
  const dpop = await proof("POST", `${issuer.url()}/oauth/token`);
  const { json } = await issuer.post("/oauth/token", { ...form, code_verifier: verifier }, { dpop });
  token = String(json["access_token"]);
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});

function proof(htm: string, htu: string, claims: Record<string, unknown> = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return new SignJWT({ jti: randomUUID(), htm, htu, iat, ...claims })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: key.jwk })
    .sign(key.privateKey);
}
const proofOfMe = (claims: Record<string, unknown> = {}) => {
  const ath = createHash("sha256").update(token).digest("base64url");
  return proof("GET", `http://${API_HOST}/v1/me`, { ath, ...claims });
};
const ask = (gateway: RunningServer, dpop: string): Promise<{ status: number; nonce: string | undefined }> =>
  new Promise((resolve, reject) => {
    const headers = { host: API_HOST, authorization: `DPoP ${token}`, dpop };
    const sent = request({ host: "127.0.0.1", port: gateway.port, path: "/v1/me", headers }, (answer) => {
      answer.resume();
      const nonce = answer.headers["dpop-nonce"];
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, nonce: typeof nonce === "string" ? nonce : undefined }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });

test("DPO-02: a proof is good once over all gateways, which need no SECRET, also when both get it at once", async () => {
  for (let trial = 0; trial < 20; trial += 1) {
    const dpop = await proofOfMe();
    const answers = await Promise.all(gateways.map((gateway) => ask(gateway, dpop)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    for (const gateway of gateways) expect((await ask(gateway, dpop)).status).toBe(401);
  }
});

test("DPO-02: a nonce that one gateway gave out makes a proof fresh at the other", async () => {
  const [one, other] = gateways;
  if (!one || !other) throw new Error("Two gateways are running.");
  const iat = Math.floor(Date.now() / 1000) - 7_200;
  const { status, nonce } = await ask(one, await proofOfMe({ iat }));
  expect(status).toBe(401);
  expect((await ask(other, await proofOfMe({ iat, nonce }))).status).toBe(200);
  expect((await ask(one, await proofOfMe({ iat, nonce }))).status).toBe(200);
});
