import { expect, test } from "vitest";
import { historyWords } from "./history-words.ts";

const row = {
  id: "1",
  occurredAt: new Date("2026-11-24T10:00:00Z"),
  action: "key.created",
  targetType: "key",
  targetId: "2",
  targetName: "ci",
  actorKind: "user",
  address: null,
  userAgent: null,
  details: {},
} as const;

test("an audit row of a key says what, by whom, and what it meant", () => {
  const words = (values: object) => Object.values(historyWords({ ...row, keyPrefix: null, ...values } as never));
  expect(words({})).toEqual(["Key created", "by you"]);
  expect(words({ action: "key.revoked", actorKind: "command_line" })).toEqual(["Key revoked", "by command line"]);
  const receipt = { acknowledged: 3, of: 4, milliseconds: 6_000, silent: ["box:4711"] };
  expect(words({ action: "key.revoked", receipt })).toEqual([
    "Key revoked",
    "by you",
    "3 of 4 acknowledged after 6 s; box:4711 asks the database for every request",
  ]);
  expect(words({ action: "key.renamed", details: { from: "sta\u202ege" } })).toEqual([
    "Key renamed",
    "by you, from “stage”",
  ]);
  expect(words({ action: "key.rotated", details: { oldKeyWorksUntil: "2026-11-25T10:00:00Z" } })).toEqual([
    "Key rotated",
    "by you, old key works for 24 h",
  ]);
});
