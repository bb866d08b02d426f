import { expect, test } from "vitest";
import type { Account, Inspected, Stats } from "../../../sdk/typescript/src/index.ts";
import { inspectDocument, memoryItem, statusDocument } from "./views.ts";

const memory = {
  id: "1",
  content: "prefers\n dark mode",
  memoryType: "semantic",
  confidence: 0.8,
  stability: 1,
  score: 1,
  reason: "matches",
  namespace: "my-agent",
} as const;

test("a found memory is one line, with how sure it is and where from", () => {
  expect(memoryItem(memory)).toEqual({
    label: "prefers dark mode",
    description: "matches",
    detail: "semantic · 80 % sure · my-agent",
    content: memory.content,
  });
});

test("a long one is cut in the list, and whole when it is chosen", () => {
  const content = "word ".repeat(100);
  const item = memoryItem({ ...memory, content });
  expect(item.label.length).toBeLessThanOrEqual(120);
  expect(item.content).toBe(content);
});

const known: Inspected = {
  entity: "ferry",
  memories: [],
  semantic: [
    {
      id: "1",
      content: "leaves at noon",
      confidence: 1,
      stability: 1,
      retrievability: 1,
      namespace: "default",
      namespaceId: "n",
      memoryType: "semantic",
      subject: "s",
      predicate: "leaves",
      object: "at noon",
      validAt: "2026-01-02T03:04:05Z",
    },
  ],
  episodic: [],
};

test("what is known about an entity is a list of facts", () => {
  expect(inspectDocument(known)).toBe("# ferry\n\n## Facts\n\n- leaves at noon (100 % sure, 2026-01-02)\n");
});

test("an entity of which nothing is known says what to do instead", () => {
  expect(inspectDocument({ entity: "fery", memories: [], semantic: [], episodic: [] })).toContain("Pensyve: Recall");
});

test("what an agent stored never becomes a picture, a link, HTML or a heading in the document", () => {
  const content = "![x](https://evil.example/x.png) [a](command:evil) <img src=x>\n# big https://evil.example `code`";
  const [fact] = known.semantic;
  const document = inspectDocument({ ...known, entity: "<b>x", semantic: fact ? [{ ...fact, content }] : [] });
  expect(document).not.toMatch(/(?<!\\)[<`!]|(?<!\\)\[|\n# big|https:\/\//);
});

const stats: Stats = { namespace: "t", entities: 2, episodic: 1, semantic: 2, procedural: 0, observation: 0, total: 3 };
const account: Account = {
  credential: { kind: "access_token", clientId: "pensyve-vscode", grantId: "g", scope: "mcp:read" },
  scope: "mcp:read",
  limits: { requestsPerMinute: 300, requestsPerMinuteOfUser: 600 },
  usage: { periodStart: "", periodEnd: "", requests: 7, refused: 1, requestsEver: 7, byOperation: {} },
  memoriesStored: 3,
  namespace: "t",
  dashboardUrl: "https://memory.example.org/keys",
};

test("the status says where, how, what is allowed, and how much there is", () => {
  const document = statusDocument({ server: "https://memory.example.org", account, stats });
  for (const text of [
    "| https://memory.example.org |",
    "| OAuth |",
    "`mcp:read`",
    "3 about 2 entities",
    "7, 1 refused",
  ]) {
    expect(document).toContain(text);
  }
});

test("of a key it shows the first characters and the name", () => {
  const credential = {
    kind: "api_key",
    keyId: "k",
    prefix: "psy_abcd",
    name: "a|b",
    scope: "mcp",
    expiresAt: null,
    graceEndsAt: null,
  } as const;
  const document = statusDocument({ server: "s", account: { ...account, credential }, stats });
  expect(document).toContain("API key psy_abcd…, “a\\|b”");
});
