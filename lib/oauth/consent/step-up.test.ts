import { expect, test } from "vitest";
import { isPartOf } from "./narrower-grant.ts";
import { stepUpOf } from "./step-up.ts";

const HALVES = "mcp:read mcp:write";
const current = { audience: "https://auth.example.org/mcp" };
const older = { audience: "https://auth.example.org" };

test.each([
  ["mcp:read", "mcp", [HALVES, "mcp:read"]],
  ["mcp:write", "mcp", [HALVES, "mcp:write"]],
  [HALVES, "mcp", [HALVES]],
  ["mcp:read", HALVES, ["mcp:read"]],
])(
  "AUT-12: of what is asked beyond %s (%s), less can be allowed, and never less than there is",
  (held, asked, narrower) => {
    expect(stepUpOf(held, asked, current)).toEqual({ heldScope: held, narrower });
    for (const scope of narrower) expect([isPartOf(scope, asked), isPartOf(held, scope)]).toEqual([true, true]);
  },
);

test("JWT-09: gateways of the older kind are offered no scope of two names", () => {
  expect(stepUpOf("mcp:read", "mcp", older).narrower).toEqual(["mcp:read"]);
  expect(stepUpOf(HALVES, "mcp", older).narrower).toEqual([]);
});
