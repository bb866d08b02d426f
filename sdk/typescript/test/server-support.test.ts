import { expect, inject, test } from "vitest";
import { Pensyve } from "../src/index.ts";

const { url, keys } = inject("server");

const preflight = (headers: string) =>
  fetch(`${url}/v1/remember`, {
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:5173",
      "access-control-request-method": "POST",
      "access-control-request-headers": headers,
    },
  });
const allowed = (response: Response) => (response.headers.get("access-control-allow-headers") ?? "").toLowerCase();

test("the server lets a page in a browser send what a read sends", async () => {
  const headers = allowed(await preflight("authorization,content-type"));
  for (const name of ["authorization", "content-type"]) expect(headers).toContain(name);
});

test("the server lets a page in a browser send the Idempotency-Key of a write", async () => {
  expect(allowed(await preflight("authorization,content-type,idempotency-key"))).toContain("idempotency-key");
});

test("the server does a write once that arrives twice with one Idempotency-Key", async () => {
  const pensyve = new Pensyve({ baseUrl: url, apiKey: keys.mcp, namespace: "twice" });
  const idempotencyKey = crypto.randomUUID();
  const remember = () => pensyve.remember({ entity: "alice", fact: "likes tea" }, { idempotencyKey });
  expect((await remember()).id).toBe((await remember()).id);
});
