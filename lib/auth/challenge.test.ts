import { expect, test } from "vitest";
import { challenge } from "./challenge.ts";

const resourceMetadata = "https://auth.example.org/.well-known/oauth-protected-resource/mcp";

test("BER-01: without a credential there is no error member, and the scope for a first connection", () => {
  expect(challenge({ kind: "none", resourceMetadata, scope: "mcp" })).toBe(
    `Bearer scope="mcp", resource_metadata="${resourceMetadata}"`,
  );
});

test("BER-04: a bad credential gets invalid_token with a harmless description", () => {
  expect(challenge({ kind: "invalid_token", resourceMetadata })).toBe(
    `Bearer error="invalid_token", error_description="The credential is not valid", resource_metadata="${resourceMetadata}"`,
  );
});

test("BER-05: a scope that is too narrow is named with the one that would do", () => {
  expect(challenge({ kind: "insufficient_scope", resourceMetadata, scope: "mcp:write" })).toContain(
    'error="insufficient_scope", error_description="The credential\'s scope does not allow this operation", scope="mcp:write"',
  );
});

test("values are quoted per RFC 9110, and nothing can break out of the header", () => {
  const header = challenge({ kind: "none", resourceMetadata: 'https://x.example/"\\\r\nSet-Cookie: a', scope: "mcp" });
  expect(header).toBe('Bearer scope="mcp", resource_metadata="https://x.example/\\"\\\\Set-Cookie: a"');
});
