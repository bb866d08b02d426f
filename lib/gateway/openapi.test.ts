import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { CONTENT_TYPES } from "#lib/memory/vocabulary.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { exampleRequest } from "#test/example-requests.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";
import { type Answer, isWrite, type Operation, type ProtectedOperation } from "./operation.ts";
import { remember } from "./operations/store.ts";
import { OPERATIONS } from "./operations.ts";

testDatabase();
const gateway = testGateway();

type Content = { content?: { "application/json": { schema: Record<string, unknown> } }; headers?: object };
type Described = {
  operationId: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required: boolean }[];
  responses: Record<string, Content>;
};
type Document = { openapi: string; paths: Record<string, Record<string, Described>> };
const read = async (): Promise<Document> =>
  (await send(gateway.url(), "GET", "/openapi.json")).json as unknown as Document;

describe("GET /openapi.json", () => {
  it("is public, and valid by Redocly's recommended rules", async () => {
    const answer = await send(gateway.url(), "GET", "/openapi.json");
    expect(answer.status).toBe(200);
    const config = await createConfig({
      extends: ["recommended"],
      rules: { "no-server-example.com": "off", "operation-4xx-response": "error" },
    });
    const problems = await lintFromString({ source: answer.text, absoluteRef: "openapi.json", config });
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ""}`),
    ).toEqual([]);
  });

  it("describes every route of the registry and no other", async () => {
    const { paths } = await read();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const registered = OPERATIONS.flatMap(({ routes }) =>
      routes.map(({ method, path }) => `${method} ${path.replace("+}", "}")}`),
    );
    expect(described.toSorted()).toEqual([...new Set(registered)].toSorted());
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("says which routes need no credential, and that is so", async () => {
    const { key } = await insertKey((await insertUser()).id);
    const { paths } = await read();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        const answer = await send(gateway.url(), method.toUpperCase(), path);
        expect([path, answer.status === 401]).toEqual([path, security === undefined]);
      }
    }
    expect((await send(gateway.url(), "GET", "/openapi.json", { key })).status).toBe(200);
  });

  it("says which operations listen to an Idempotency-Key: those that write", async () => {
    const { paths } = await read();
    const listening = Object.values(paths).flatMap((methods) =>
      Object.values(methods).filter(({ parameters = [] }) => parameters.some(({ name }) => name === "Idempotency-Key")),
    );
    const names = new Set(listening.map(({ operationId }) => operationId.replace("_by_path", "")));
    expect(names).toEqual(new Set(OPERATIONS.filter(isWrite).map(({ name }) => name)));
  });
});

describe("answers are what the document says", () => {
  /** What the document says about a success, as a check. */
  async function documented(operation: Operation, method: string, path: string): Promise<z.ZodType> {
    const described = (await read()).paths[path.replace("+}", "}")]?.[method.toLowerCase()];
    const content = described?.responses[operation.status]?.content;
    if (!content) throw new Error(`${method} ${path} has no answer ${operation.status} in the document.`);
    return z.fromJSONSchema(content["application/json"].schema as Parameters<typeof z.fromJSONSchema>[0]);
  }

  /** Valid by the document, and without a field that it does not tell about. */
  async function expectDocumented(operation: Operation, json: unknown): Promise<void> {
    for (const { method, path } of operation.routes) {
      const asDocumented = (await documented(operation, method, path)).safeParse(json);
      expect([method, path, asDocumented.error?.issues]).toEqual([method, path, undefined]);
    }
    expect(operation.output.parse(json)).toEqual(json);
  }

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))("%s", async (name, operation) => {
    const userId = (await insertUser()).id;
    const { key } = await insertKey(userId, name === "get_entity" ? "mcp:read" : "mcp");
    await fillMemory(userId);
    const { requests, body } = await exampleRequest(operation, userId);
    for (const { method, path } of requests) {
      const answer = await send(gateway.url(), method, path, { key, body });
      expect(answer.status).toBe(operation.status);
      await expectDocumented(operation, answer.json);
    }
  });

  it.each(["me", "account"])("%s, of an access token and of a key that expires", async (name) => {
    const operation = OPERATIONS.find((one) => one.name === name) as ProtectedOperation;
    const { id: userId } = await insertUser();
    const scope = "mcp:read";
    const token: Principal = { kind: "access_token", userId, scope, clientId: "https://app.example", grantId: newId() };
    const dates = { expiresAt: new Date(), graceEndsAt: new Date() };
    const imported: Principal = { kind: "api_key", userId, scope, keyId: newId(), prefix: null, name: "old", ...dates };
    for (const principal of [token, imported]) {
      const answer = (await operation.answer(principal, {})) as Answer;
      await expectDocumented(operation, JSON.parse(answer.json));
    }
  });

  it("a document that says otherwise is noticed", async () => {
    const check = await documented(remember, "POST", "/v1/remember");
    const { key } = await insertKey((await insertUser()).id);
    const { json } = await send(gateway.url(), "POST", "/v1/remember", { key, body: { entity: "a", fact: "b c" } });
    expect(check.safeParse(json).success).toBe(true);
    for (const wrong of [{ id: 7 }, { confidence: 2 }, { memory_type: "episodic" }, { content: undefined }]) {
      expect(check.safeParse({ ...json, ...wrong }).success).toBe(false);
    }
  });

  it("refusals have the document's form of an error", async () => {
    const { components } = (await read()) as unknown as { components: { schemas: { Error: object } } };
    const error = z.fromJSONSchema(components.schemas.Error as Parameters<typeof z.fromJSONSchema>[0]);
    const { key } = await insertKey((await insertUser()).id, "mcp:read");
    const body = { entity: "a", fact: "b" };
    for (const answer of [
      await send(gateway.url(), "POST", "/v1/remember", { body }),
      await send(gateway.url(), "POST", "/v1/remember", { key, body }),
      await send(gateway.url(), "POST", "/v1/recall", { key, body: {} }),
      await send(gateway.url(), "DELETE", `/v1/memories/${newId()}`, { key }),
    ]) {
      expect(error.safeParse(answer.json).error?.issues).toBeUndefined();
    }
  });
});

/** A fact and turns of each kind of content, one of them with a time of its own, for answers that list. */
async function fillMemory(userId: string): Promise<void> {
  const owner = { userId, writtenBy: userId };
  const store = memoryStore();
  const { id: episodeId } = await store.startEpisode(owner, { participants: ["user"] });
  await store.remember(owner, { entity: "user", fact: "writes an example", confidence: 0.9 });
  for (const contentType of CONTENT_TYPES) {
    const said = { episodeId, content: "an example", sourceEntity: "user", aboutEntity: "example", contentType };
    const turn = await store.observe(owner, said);
    const eventTime = contentType === "text" ? new Date() : null;
    await db().memory.update({ where: { id: turn.id }, data: { eventTime, lastAccessedAt: eventTime } });
  }
}
