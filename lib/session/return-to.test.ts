import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOME_PATH, safeReturnTo, signInPath } from "./return-to.ts";

describe("SIG-13: one comes back to where one was", () => {
  test.each(["/activity", "/keys/0197?dialog=rotate", "/settings#sessions", "/keys?q=a%2Fb", "/a%20b"])(
    "%s",
    (path) => {
      expect(safeReturnTo(path)).toBe(path);
      expect(signInPath(path)).toBe(`/sign-in?returnTo=${encodeURIComponent(path)}`);
    },
  );
});

describe("attack 33: and nowhere else", () => {
  test.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/x/..//evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "?x",
    "#x",
    "",
    "/\0",
    "/a\r\nSet-Cookie: x=1",
    `/${"a".repeat(3000)}`,
    "/sign-in",
    "/sign-in?returnTo=/sign-in",
    "/api/auth/signout",
    null,
    undefined,
  ])("%j leads home", (value) => {
    expect(safeReturnTo(value)).toBe(HOME_PATH);
  });

  test("property: a browser that follows it stays on this origin", () => {
    const pieces = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      "//",
      "evil.example",
      "@",
      ":",
      "\t",
      "\n",
      "%2f",
      "%5c",
      "?",
      "#",
      "a",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const target = safeReturnTo(`/${parts.join("")}`);
        expect(new URL(target, "https://auth.example.org").origin).toBe("https://auth.example.org");
        expect(target).toMatch(/^\/(?![/\\])/);
      }),
      { numRuns: 5_000 },
    );
  });
});
