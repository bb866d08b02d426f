import { expect, test } from "vitest";
import { consentHeading } from "./consent-heading.ts";

const named = { name: "Tab Keeper", host: null, isLookAlike: false };
const checked = { ...named, trust: "server", isSelfNamed: false, isShared: false } as const;
const own = { ...named, trust: "unverified", isSelfNamed: true, isShared: false } as const;
const stepUp = { heldScope: "mcp:read", narrower: ["mcp:read"] };

test("AUT-14: an app asks “for more” only where it cannot be another that registered itself in the same words", () => {
  expect(consentHeading({ client: checked, stepUp })).toBe("Tab Keeper asks for more");
  expect(consentHeading({ client: own, stepUp })).toBe("“Tab Keeper” asks for more");
  const shared = { ...own, isShared: true };
  expect(consentHeading({ client: shared, stepUp })).toBe("Let an unverified app use your memories?");
  expect(consentHeading({ client: shared, stepUp: undefined })).toBe("Let an unverified app use your memories?");
});

test("AUT-14: the question names the app only where somebody vouches for the name, else in quotes or not at all", () => {
  const ask = (client: Parameters<typeof consentHeading>[0]["client"]) => consentHeading({ client, stepUp: undefined });
  expect(ask(checked)).toBe("Let Tab Keeper use your memories?");
  expect(ask({ ...checked, isSelfNamed: true })).toBe("Let “Tab Keeper” use your memories?");
  const alike = { ...named, trust: "verified", host: "evil.example", isLookAlike: true, isSelfNamed: true } as const;
  expect(ask({ ...alike, isShared: false })).toBe("Let an app of evil.example use your memories?");
});
