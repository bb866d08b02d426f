import { expect, test } from "vitest";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";
import type { DeviceState } from "#lib/oauth/device/device-approval.ts";
import { deviceHeading } from "./device-heading.ts";

function asked(client: Pick<ClientFacts, "name" | "trust" | "host" | "isLookAlike" | "isSelfNamed">): DeviceState {
  const at = new Date(0);
  const facts = {
    id: "client",
    isShared: false,
    redirectHost: "device",
    redirectKind: "scheme",
    ...client,
  } as const;
  return {
    state: "open",
    device: { code: "WDJB-MJHT", client: facts, scope: "mcp", address: null, askedAt: at, endsAt: at },
  };
}

const doubtful = { isLookAlike: false, isSelfNamed: true } as const;

test.each([
  [
    "added by the operator",
    { name: "Terminal", trust: "server", host: null, isLookAlike: false, isSelfNamed: false },
    "Let Terminal on your device use your memories?",
  ],
  [
    "with a document",
    { name: "Terminal", trust: "verified", host: "term.example", ...doubtful },
    "Let “Terminal” on your device use your memories?",
  ],
  [
    "that looks like another",
    { name: "Claude", trust: "verified", host: "evil.example", isLookAlike: true, isSelfNamed: true },
    "Let an app of evil.example on your device use your memories?",
  ],
  [
    "registered by itself",
    { name: "Claude", trust: "unverified", host: null, ...doubtful },
    "Let an unverified app on your device use your memories?",
  ],
] as const)("DEV-04: the question names a client %s only as far as its name was checked", (_kind, client, heading) => {
  expect(deviceHeading(asked(client))).toBe(heading);
});

test("attack 20: the question of a device is never asked in the name of a product that nobody answers for", () => {
  const lookAlike = { name: "Claude", trust: "unverified", host: null, isLookAlike: true, isSelfNamed: true } as const;
  expect(deviceHeading(asked(lookAlike))).toBe("Let an unverified app on your device use your memories?");
});

test("each other step has a heading of its own", () => {
  expect(deviceHeading(undefined)).toBe("Connect a device");
  expect(deviceHeading({ state: "gone" })).toBe("Connect a device");
  expect(deviceHeading({ state: "allowed" })).toBe("Connected");
  expect(deviceHeading({ state: "denied" })).toBe("Denied");
});
