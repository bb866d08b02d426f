import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { newNonce, pageHeaders, TOAST_SHEET_HASHES } from "./page-headers.ts";

const production = { isHttps: true, isDevelopment: false };

function directives(headers: Record<string, string>): Map<string, string> {
  const policy = headers["Content-Security-Policy"] ?? "";
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );
}

describe("attack 21: the policy of every page", () => {
  const policy = directives(pageHeaders("bm9uY2U=", production));
  test("scripts and style sheets run by nonce, and nothing runs inline", () => {
    expect(policy.get("script-src")).toBe("'nonce-bm9uY2U=' 'strict-dynamic'");
    expect([...policy.values()].join(" ")).not.toMatch(/unsafe-|https?:|\*/);
  });
  test("nobody frames it, no base, no plug-ins, forms stay here", () => {
    expect(policy.get("frame-ancestors")).toBe("'none'");
    expect(policy.get("base-uri")).toBe("'none'");
    expect(policy.get("object-src")).toBe("'none'");
    expect(policy.get("form-action")).toBe("'self'");
    expect(policy.get("default-src")).toBe("'none'");
  });
  test("AUT-17: the answer of a consent form may lead to the app, and no other page's form elsewhere", () => {
    for (const path of ["/consent/abc", "/consent/error"]) {
      const consent = directives(pageHeaders("n", { ...production, path }));
      expect(consent.has("form-action")).toBe(false);
      expect(consent.get("frame-ancestors")).toBe("'none'");
    }
    for (const path of ["/", "/consent", "/consents/abc", "/sign-in", "/keys/consent/"]) {
      expect(directives(pageHeaders("n", { ...production, path })).get("form-action")).toBe("'self'");
    }
  });
  test("a nonce has 128 bits and is never the same", () => {
    const nonces = Array.from({ length: 1_000 }, newNonce);
    expect(new Set(nonces).size).toBe(1_000);
    for (const nonce of nonces) expect(Buffer.from(nonce, "base64")).toHaveLength(16);
  });
});

test("attack 31: nothing of a page is kept on the way", () => {
  expect(pageHeaders("n", production)["Cache-Control"]).toBe("private, no-store");
});

test("HSTS is promised over https only", () => {
  expect(pageHeaders("n", production)["Strict-Transport-Security"]).toMatch(/^max-age=\d{8}/);
  expect(pageHeaders("n", { isHttps: false, isDevelopment: false })).not.toHaveProperty("Strict-Transport-Security");
});

test("the toast sheet's hashes are those of the installed package", () => {
  const source = readFileSync("node_modules/sonner/dist/index.mjs", "utf8");
  const sheet = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source)?.[1];
  const sheets = ["", JSON.parse(sheet ?? "null")];
  const hashes = sheets.map((text) => `sha256-${createHash("sha256").update(text).digest("base64")}`);
  expect(hashes).toEqual(TOAST_SHEET_HASHES);
});
