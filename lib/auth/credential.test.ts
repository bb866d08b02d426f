import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCredential } from "./credential.ts";

const KEY = "psy_0000abcd";

/** As node:http presents them: `headers` keeps only the first Authorization. */
function parse(...headers: [string, string][]) {
  const first = headers.find(([name]) => name.toLowerCase() === "authorization")?.[1];
  const legacy = headers.find(([name]) => name.toLowerCase() === "x-pensyve-key")?.[1];
  return parseCredential(
    {
      ...(first === undefined ? {} : { authorization: first }),
      ...(legacy === undefined ? {} : { "x-pensyve-key": legacy }),
    },
    headers.flat(),
  );
}

test.each([
  ["Bearer psy_0000abcd"],
  ["bearer psy_0000abcd"],
  ["BEARER psy_0000abcd"],
  ["Bearer    psy_0000abcd"],
  ["  Bearer psy_0000abcd  "],
])("BER-08: %j is read, whatever the case of the scheme and the spaces around", (header) => {
  expect(parse(["Authorization", header])).toEqual({ ok: true, credential: { kind: "api_key", value: KEY } });
});

test("a psy_ value is a key, everything else an access token", () => {
  expect(parse(["authorization", "Bearer eyJhbGciOiJFZERTQSJ9.e30.AA"])).toMatchObject({
    credential: { kind: "access_token" },
  });
});

test.each([
  [""],
  ["Bearer"],
  ["Bearer "],
  ["Bearerpsy_0000abcd"],
  ["Bearer\tpsy_0000abcd"],
  ["Basic cHN5XzphYg=="],
  ["psy_0000abcd"],
  ["Bearer psy_0000abcd, Bearer psy_1111abcd"],
  ["Bearer psy_0000abcd psy_1111abcd"],
  ["Bearer psy_0000abcd,psy_1111abcd"],
  ["Bearer psy_ünïcode"],
  ['Bearer "psy_0000abcd"'],
  [`Bearer ${"a".repeat(5000)}`],
])("attack 28: %j is no Bearer credential and is never half read", (header) => {
  expect(parse(["Authorization", header])).toEqual({ ok: false, reason: "malformed" });
});

test("attack 28, BER-07: two Authorization headers are refused, equal or not; none is picked", () => {
  for (const second of ["Bearer psy_1111abcd", "Bearer psy_0000abcd", "Basic x"]) {
    expect(parse(["Authorization", `Bearer ${KEY}`], ["authorization", second])).toEqual({
      ok: false,
      reason: "conflicting",
    });
  }
});

test("BER-07: a key header beside a different bearer is refused; beside the same one it is one credential", () => {
  expect(parse(["Authorization", `Bearer ${KEY}`], ["X-Pensyve-Key", "psy_other"])).toMatchObject({
    reason: "conflicting",
  });
  expect(parse(["Authorization", `Bearer ${KEY}`], ["X-Pensyve-Key", KEY])).toMatchObject({ ok: true });
});

test("the key header of old clients counts when there is no Authorization", () => {
  expect(parse(["X-Pensyve-Key", ` ${KEY} `])).toEqual({ ok: true, credential: { kind: "api_key", value: KEY } });
  expect(parse(["X-Pensyve-Key", "a b"])).toMatchObject({ reason: "malformed" });
});

test("no credential is none, which is not the same as a malformed one", () => {
  expect(parse()).toEqual({ ok: false, reason: "none" });
});

test("the unexpanded variable is told apart from every other text", () => {
  expect(parse(["Authorization", "Bearer ${PENSYVE_API_KEY}"])).toEqual({ ok: false, reason: "not_expanded" });
  expect(parse(["X-Pensyve-Key", "${PENSYVE_API_KEY}"])).toEqual({ ok: false, reason: "not_expanded" });
  expect(parse(["Authorization", "Bearer ${OTHER}"])).toEqual({ ok: false, reason: "malformed" });
});

test("no header text throws, and an accepted value is exactly what was sent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const parsed = parse(["Authorization", text]);
      if (parsed.ok) expect(text).toContain(parsed.credential.value);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9._~+/=-]{1,200}$/), (value) => {
      expect(parse(["Authorization", `Bearer ${value}`])).toMatchObject({ ok: true, credential: { value } });
    }),
  );
});

test.each([["DPoP"], ["dpop"], ["DPOP"]])(
  "DPO-02: the scheme %s names a token that is bound to a key, never an API key",
  (scheme) => {
    const token = "eyJhbGciOiJFZERTQSJ9.e30.AA";
    const credential = { kind: "access_token", value: token, scheme: "DPoP" };
    expect(parse(["Authorization", `${scheme} ${token}`])).toEqual({ ok: true, credential });
    expect(parse(["Authorization", `  ${scheme}   ${token} `])).toEqual({ ok: true, credential });
    for (const wrong of ["", ` ${KEY}`, ` ${token}, ${token}`, ` ${token} x`, `\t${token}`, " ${PENSYVE_API_KEY}"]) {
      expect(parse(["Authorization", `${scheme}${wrong}`])).toEqual({ ok: false, reason: "malformed" });
    }
    expect(parse(["Authorization", `${scheme} ${token}`], ["X-Pensyve-Key", KEY])).toMatchObject({
      reason: "conflicting",
    });
  },
);
