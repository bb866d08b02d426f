import { readFile } from "node:fs/promises";
import { beforeAll, expect, inject, test } from "vitest";
import { type OpenApi, operationsSource, withoutTwin } from "../scripts/generate-operations.ts";
import { type Episode, Pensyve } from "../src/index.ts";
import { OPERATIONS, type OperationId } from "../src/operations.ts";
import { fromWire } from "../src/wire-names.ts";
import { ANSWER_SHAPES } from "./answer-shapes.ts";
import { untold } from "./shape.ts";

const { url, keys } = inject("server");
const document: OpenApi = await (await fetch(`${url}/openapi.json`)).json();

type Exchange = { method: string; url: URL; authorization: string | null; answer: unknown };
const exchanges: Exchange[] = [];

/** Passes everything on, and notes it. */
const recording: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { method, headers } = request;
  const response = await fetch(request);
  const answer = await response.clone().json();
  exchanges.push({ method, url: new URL(request.url), authorization: headers.get("authorization"), answer });
  return response;
};

const pensyve = new Pensyve({ baseUrl: url, apiKey: keys.mcp, fetch: recording });
let episode: Episode;
let memoryId: string;

beforeAll(async () => {
  episode = await pensyve.startEpisode(["user", "assistant"]);
  await episode.addMessage("user", "I moved to Lisbon");
  memoryId = (await pensyve.remember({ entity: "alice", fact: "likes green tea" })).id;
});

/** One call of a public method for each operation. What deletes comes last. */
const CALLS: Record<OperationId, () => Promise<unknown>> = {
  health: () => pensyve.health(),
  me: () => pensyve.me(),
  create_entity: () => pensyve.entity("alice", { kind: "user" }),
  remember: () => pensyve.remember({ entity: "alice", fact: "lives in Lisbon", confidence: 0.9 }),
  episode_start: () => pensyve.startEpisode(["user"]),
  episode_message: () => episode.addMessage("user", "I like tea"),
  observe: () =>
    episode.observe({ content: "x = 1", sourceEntity: "alice", aboutEntity: "alice", contentType: "code" }),
  episode_end: () => episode.end("partial"),
  recall: () => pensyve.recall("tea", { limit: 10 }),
  recall_grouped: () => pensyve.recallGrouped("tea", { order: "relevance", maxGroups: 3 }),
  inspect: () => pensyve.inspect(""),
  status: () => pensyve.stats(),
  account: () => pensyve.usage(),
  edit_memory: () => pensyve.editMemory(memoryId, { content: "likes black tea" }),
  delete_memory: () => pensyve.deleteMemory(memoryId),
  forget: () => pensyve.forget("alice"),
  delete_all_memories: () => pensyve.deleteAllMemories({ confirm: "delete-all-memories" }),
};

const FACT = ["_type", "type", "contentType", "invalidAt", "objectEntity", "sourceEpisodes"];
const EVENT = [
  "_type",
  "type",
  "contentType",
  "contextIntent",
  "salience",
  "storageStrength",
  "summary",
  "supersededBy",
];
const within = (field: string, names: readonly string[]): string[] => names.map((name) => `.${field}.${name}`);

/** What is in answers and not in their types: names for older clients, and fields that the server never fills. */
const UNTOLD: Partial<Record<OperationId, readonly string[]>> = {
  recall: [".contradictions", ".cursor", ".memories.type"],
  recall_grouped: [".groups.memories.type"],
  inspect: [
    ".cursor",
    ".procedural",
    ...within("memories", [...FACT, ...EVENT]),
    ...within("semantic", FACT),
    ...within("episodic", EVENT),
  ],
  status: [".episodicMemories", ".observationMemories", ".proceduralMemories", ".semanticMemories"],
  account: [
    ".mode",
    ".message",
    ...[".standard", ".multimodal", ".extraction", ".periodStart", ".periodEnd"],
    ...[".totalOps", ".monthlyOps", ".apiCalls", ".recalls"],
  ],
  remember: [".extractionTier", ".score"],
  episode_message: [".status"],
};

test("every operation of /openapi.json is one of the SDK's, or another address of one", () => {
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  const missing = ids.filter((id) => !(id in OPERATIONS) && !(withoutTwin(id) in OPERATIONS));
  expect(missing).toEqual([]);
  expect(Object.keys(OPERATIONS).filter((id) => !ids.includes(id))).toEqual([]);
  expect(Object.keys(CALLS).toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
});

test("the table of operations and the types of their inputs are those of the server's document", async () => {
  const written = await readFile(new URL("../src/operations.ts", import.meta.url), "utf8");
  expect(written, "run: npm run generate -- <server>/openapi.json").toBe(operationsSource(document));
});

test.each(Object.entries(CALLS))(
  "%s: a method reaches it where the document says, and its answer has the told type",
  async (name, call) => {
    const before = exchanges.length;
    await call();
    expect(exchanges.length).toBe(before + 1);
    const exchange = exchanges.at(-1);
    const id = Object.keys(OPERATIONS).find((known): known is OperationId => known === name);
    if (!exchange || !id) throw new Error(`Nothing was sent for ${name}.`);
    const { method, path } = OPERATIONS[id];
    expect(exchange.method).toBe(method);
    expect(exchange.url.pathname).toMatch(new RegExp(`^${path.replace(/\{\w+\}/, "[^/]+")}$`));
    const answer = fromWire(exchange.answer);
    expect(answer).toSatisfy(ANSWER_SHAPES[id]);
    expect(new Set(untold(ANSWER_SHAPES[id], answer))).toEqual(new Set(UNTOLD[id]));
  },
);

test("what was looked at held something: the shapes of memories were not checked on empty lists", () => {
  const answers = exchanges.map(({ answer }) => JSON.stringify(answer));
  for (const kind of ["semantic", "episodic"]) {
    expect(answers.filter((answer) => answer.includes(`"memory_type":"${kind}"`)).length).toBeGreaterThan(1);
  }
});

test("the key goes with every operation but the public one, as a Bearer credential", () => {
  for (const { url: asked, authorization } of exchanges) {
    expect(authorization).toBe(asked.pathname === "/v1/health" ? null : `Bearer ${keys.mcp}`);
  }
});

test("the told types are not empty words: an answer without its fields is not of its type", () => {
  for (const [id, isOfType] of Object.entries(ANSWER_SHAPES)) expect([id, isOfType({})]).toEqual([id, false]);
});

test("names of fields are spelled as in TypeScript, and names that are values stay as the server has them", () => {
  const answer = { monthly_ops: 1, a_b_c: [{ x_y: null }], _type: "t", by_operation: { recall_grouped: 2 } };
  const told = { monthlyOps: 1, aBC: [{ xY: null }], _type: "t", byOperation: { recall_grouped: 2 } };
  expect(fromWire(answer)).toEqual(told);
});
