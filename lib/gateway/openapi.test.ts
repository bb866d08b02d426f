import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";
import { OPERATIONS } from "./operations.ts";

testDatabase();
const gateway = testGateway();

type Document = {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; security?: unknown[] }>>;
};
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
});
