import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  calculateJwkThumbprint,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  SignJWT,
} from "jose";
import { beforeAll, describe, expect, it, test } from "vitest";
import { db } from "#lib/db.ts";
import { testDatabase } from "#test/database.ts";
import { checkProof, markProofUsed, type ProvenRequest } from "./check-proof.ts";
import { isFreshNonce, makeProofNonce } from "./proof-nonce.ts";
import { makeProofStore, type ProofStore } from "./proof-store.ts";

testDatabase();
const URL_ASKED = "https://api.example.org/v1/me";
const TOKEN = "an.access.token";
const NOW_MS = 1_800_000_000_000;
const NOW = NOW_MS / 1000;
const ATH = createHash("sha256").update(TOKEN).digest("base64url");
const store = makeProofStore();

type Holder = GenerateKeyPairResult & { jwk: JWK; proofKey: string; alg: string };
let holder: Holder;
let stranger: Holder;
async function newHolder(alg: string): Promise<Holder> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  return { ...pair, jwk, proofKey: await calculateJwkThumbprint(jwk), alg };
}
beforeAll(async () => {
  holder = await newHolder("ES256");
  stranger = await newHolder("ES256");
});

let count = 0;
type Changes = { claims?: Record<string, unknown>; header?: Record<string, unknown>; by?: Holder };
function makeProof({ claims = {}, header = {}, by = holder }: Changes = {}): Promise<string> {
  count += 1;
  const good = { jti: `proof ${count}`, htm: "GET", htu: URL_ASKED, iat: NOW, ath: ATH };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ typ: "dpop+jwt", alg: by.alg, jwk: by.jwk, ...header })
    .sign(by.privateKey, { crit: { x: true } });
}
const requestWith = (proof: string | undefined, by = holder): ProvenRequest => ({
  proof,
  method: "GET",
  url: URL_ASKED,
  accessToken: TOKEN,
  proofKey: by.proofKey,
});
/** Both steps of a request. */
async function prove(request: ProvenRequest, proofs: ProofStore, nowMs: number) {
  const checked = await checkProof(request, proofs, nowMs);
  if (!checked.ok) return checked;
  const use = await markProofUsed(checked.hash, proofs);
  return use === "first" ? { ok: true } : { ok: false, reason: use };
}
const check = (proof: string | undefined, nowMs = NOW_MS) => prove(requestWith(proof), store, nowMs);
const INVALID = { ok: false, reason: "invalid_proof" };

describe("DPO-02: a proof", () => {
  it.each(["ES256", "EdDSA", "Ed25519"])("signed with %s is accepted once", async (alg) => {
    const by = await newHolder(alg);
    const request = requestWith(await makeProof({ by }), by);
    expect(await prove(request, store, NOW_MS)).toEqual({ ok: true });
    expect(await prove(request, store, NOW_MS)).toEqual({ ok: false, reason: "replayed_proof" });
    expect(await prove(request, makeProofStore(), NOW_MS)).toEqual({ ok: false, reason: "replayed_proof" });
  });

  it("is used once when twenty requests bring it at once, over two gateways", async () => {
    const proof = await makeProof();
    const stores = [makeProofStore(), makeProofStore()];
    const checks = Array.from({ length: 20 }, (_, index) =>
      prove(requestWith(proof), stores[index % 2] ?? store, NOW_MS),
    );
    expect((await Promise.all(checks)).filter(({ ok }) => ok)).toHaveLength(1);
  });

  it("does not use up another key's identifiers", async () => {
    const claims = { jti: "shared" };
    expect(await check(await makeProof({ claims }))).toEqual({ ok: true });
    const theirs = requestWith(await makeProof({ claims, by: stranger }), stranger);
    expect(await prove(theirs, store, NOW_MS)).toEqual({ ok: true });
  });

  it("keeps nothing but a hash, which ends", async () => {
    const rows = await db().proofReplay.findMany();
    expect(rows.length).toBeGreaterThan(0);
    for (const { hash, expiresAt } of rows) {
      expect(hash).toHaveLength(32);
      expect(expiresAt.getTime()).toBeLessThan(Date.now() + 600_000 + 5_000);
    }
    await db().proofReplay.updateMany({ data: { expiresAt: new Date(0) } });
    expect(await check(await makeProof({ claims: { jti: "shared" } }))).toEqual({ ok: true });
  });

  it.each<[string, Changes]>([
    ["another method", { claims: { htm: "POST" } }],
    ["a method in small letters", { claims: { htm: "get" } }],
    ["no method", { claims: { htm: undefined } }],
    ["another path", { claims: { htu: "https://api.example.org/v1/stats" } }],
    ["another host", { claims: { htu: "https://evil.example/v1/me" } }],
    ["another scheme", { claims: { htu: "http://api.example.org/v1/me" } }],
    ["another port", { claims: { htu: "https://api.example.org:8443/v1/me" } }],
    ["a user name in the address", { claims: { htu: "https://x@api.example.org/v1/me" } }],
    ["an address that is none", { claims: { htu: "v1/me" } }],
    ["no address", { claims: { htu: undefined } }],
    ["another token", { claims: { ath: createHash("sha256").update("other").digest("base64url") } }],
    ["no token", { claims: { ath: undefined } }],
    ["the token itself instead of its hash", { claims: { ath: TOKEN } }],
    ["no jti", { claims: { jti: undefined } }],
    ["an empty jti", { claims: { jti: "" } }],
    ["a jti of 600 characters", { claims: { jti: "x".repeat(600) } }],
    ["a jti that is a number", { claims: { jti: 1 } }],
    ["no iat", { claims: { iat: undefined } }],
    ["iat as a string", { claims: { iat: String(NOW) } }],
    ["a nonce that is a number", { claims: { nonce: 1 } }],
    ["an exp that is past", { claims: { exp: NOW - 10 } }],
    ["typ JWT", { header: { typ: "JWT" } }],
    ["no typ", { header: { typ: undefined } }],
    ["no key", { header: { jwk: undefined } }],
    ["a key id instead of a key", { header: { jwk: undefined, kid: "1" } }],
    ["an unknown crit", { header: { crit: ["x"], x: 1 } }],
  ])("with %s is refused", async (_name, changes) => {
    expect(await check(await makeProof(changes))).toEqual(INVALID);
  });

  it("of another key is refused, and so is another key's signature under this key", async () => {
    expect(await check(await makeProof({ by: stranger }))).toEqual(INVALID);
    expect(await check(await makeProof({ by: stranger, header: { jwk: holder.jwk } }))).toEqual(INVALID);
  });

  it("that shows its private key, or a shared secret, is refused", async () => {
    const jwk = await exportJWK(holder.privateKey);
    expect(await check(await makeProof({ header: { jwk } }))).toEqual(INVALID);
    const secret = new TextEncoder().encode("a secret of thirty-two bytes or more");
    const oct: Record<string, string> = { kty: "oct", k: Buffer.from(secret).toString("base64url") };
    const shared = await new SignJWT({ jti: "x", htm: "GET", htu: URL_ASKED, iat: NOW, ath: ATH })
      .setProtectedHeader({
        typ: "dpop+jwt",
        alg: "HS256",
        jwk: oct,
      })
      .sign(secret);
    expect(await check(shared)).toEqual(INVALID);
  });

  it.each(["RS256", "PS256", "ES384"])("signed with %s, which is not on the list, is refused", async (alg) => {
    const by = await newHolder(alg);
    expect(await prove(requestWith(await makeProof({ by }), by), store, NOW_MS)).toEqual(INVALID);
  });

  it("that is none, or two, is refused", async () => {
    const [one, other] = [await makeProof(), await makeProof()];
    for (const proof of [
      undefined,
      "",
      "x",
      `${one}, ${other}`,
      `${one},${one}`,
      one.slice(0, -1),
      `${one}.`,
      "a".repeat(5_000),
    ]) {
      expect(await check(proof)).toEqual(INVALID);
    }
    const [head = "", body = ""] = one.split(".");
    const none = Buffer.from(JSON.stringify({ typ: "dpop+jwt", alg: "none", jwk: holder.jwk })).toString("base64url");
    expect(await check(`${none}.${body}.`)).toEqual(INVALID);
    expect(await check(`${head}.${body}.`)).toEqual(INVALID);
  });

  it("may name the address with a query, a fragment, and in any normal spelling", async () => {
    for (const htu of [`${URL_ASKED}?limit=1`, `${URL_ASKED}#x`, "HTTPS://API.example.org:443/v1/./me"]) {
      expect(await check(await makeProof({ claims: { htu } }))).toEqual({ ok: true });
    }
  });

  it("is no verdict when the database does not answer", async () => {
    const away: ProofStore = {
      nonceKey: () => Promise.reject(new Error("connection refused")),
      use: () => Promise.reject(new Error("connection refused")),
    };
    const unavailable = { ok: false, reason: "unavailable" };
    expect(await prove(requestWith(await makeProof()), away, NOW_MS)).toEqual(unavailable);
    expect(await prove(requestWith(await makeProof({ claims: { iat: NOW - 600 } })), away, NOW_MS)).toEqual(
      unavailable,
    );
  });
});

describe("DPO-02: freshness", () => {
  it("is 60 s by the proof's own time, either way", async () => {
    for (const iat of [NOW - 60, NOW + 60])
      expect(await check(await makeProof({ claims: { iat } }))).toEqual({ ok: true });
    for (const iat of [NOW - 61, NOW + 61, 0, NOW * 1000]) {
      expect(await check(await makeProof({ claims: { iat } }))).toMatchObject({ reason: "nonce_needed" });
    }
  });

  it("of a client whose clock is wrong comes from a nonce, which any gateway made", async () => {
    const claims = { iat: NOW - 86_400 };
    const asked = await check(await makeProof({ claims }));
    const nonce = "nonce" in asked ? asked.nonce : "";
    const proof = await makeProof({ claims: { ...claims, nonce } });
    expect(await prove(requestWith(proof), makeProofStore(), NOW_MS)).toEqual({ ok: true });
    expect(await check(proof)).toMatchObject({ reason: "replayed_proof" });
    const later = await makeProof({ claims: { ...claims, nonce } });
    expect(await check(later, NOW_MS + 360_000)).toMatchObject({ reason: "nonce_needed" });
  });

  it("a nonce that is not ours makes nothing fresh, and spoils nothing that is", async () => {
    const claims = { nonce: "from-the-authorization-server" };
    expect(await check(await makeProof({ claims: { ...claims, iat: NOW - 600 } }))).toMatchObject({
      reason: "nonce_needed",
    });
    expect(await check(await makeProof({ claims }))).toEqual({ ok: true });
  });

  it("no used proof is fresh for longer than it is remembered", async () => {
    const nonceKey = await store.nonceKey();
    const nonce = makeProofNonce(nonceKey, NOW_MS + 60_000); // made by a gateway whose clock is a minute ahead
    let lastMs = 0;
    for (let ms = 0; ms <= 900_000; ms += 1_000) if (isFreshNonce(nonce, nonceKey, NOW_MS + ms)) lastMs = ms;
    expect(lastMs).toBeLessThan(600_000);
  });
});

describe("a nonce", () => {
  const key = new Uint8Array(32).fill(7);

  test("is fresh for four to five minutes, and one ahead", () => {
    const nonce = makeProofNonce(key, NOW_MS);
    for (const ms of [-60_000, 0, 60_000, 240_000])
      expect([ms, isFreshNonce(nonce, key, NOW_MS + ms)]).toEqual([ms, true]);
    for (const ms of [-120_000, 300_000]) expect([ms, isFreshNonce(nonce, key, NOW_MS + ms)]).toEqual([ms, false]);
  });

  test("of another key, or changed anywhere, is not ours", () => {
    const nonce = makeProofNonce(key, NOW_MS);
    expect(isFreshNonce(nonce, new Uint8Array(32), NOW_MS)).toBe(false);
    for (let index = 0; index < nonce.length; index += 1) {
      for (const other of ["A", "b", "_", "="]) {
        if (other === nonce[index]) continue;
        expect(isFreshNonce(nonce.slice(0, index) + other + nonce.slice(index + 1), key, NOW_MS)).toBe(false);
      }
    }
    fc.assert(fc.property(fc.string(), (text) => !isFreshNonce(text, key, NOW_MS)));
  });

  test("is made with a key that the database made, and that differs between installations", async () => {
    const nonceKey = await store.nonceKey();
    expect(nonceKey).toHaveLength(32);
    expect(new Set(nonceKey).size).toBeGreaterThan(8);
  });
});
