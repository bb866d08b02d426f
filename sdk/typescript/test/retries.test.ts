import { describe, expect, test } from "vitest";
import { ApiError, ConnectionError, Pensyve, type PensyveOptions, RateLimitError, TimeoutError } from "../src/index.ts";
import { retryDelayMs } from "../src/retry.ts";
import {
  breakOff,
  failing,
  fakeServer,
  hangUp,
  json,
  ok,
  remembered,
  type Step,
  silence,
  stall,
  text,
} from "./fake-server.ts";

const client = (baseUrl: string, options: PensyveOptions = {}) =>
  new Pensyve({ baseUrl, apiKey: "psy_test", retryBaseDelayMs: 1, ...options });
const fact = { entity: "alice", fact: "likes tea" };
const keysOf = (seen: { headers: Record<string, unknown> }[]) => seen.map(({ headers }) => headers["idempotency-key"]);

describe("what is repeated", () => {
  const passing: [string, Step][] = [
    ["429", failing(429)],
    ["502 with a page of a proxy", text(502, "<html>Bad Gateway</html>")],
    ["503", failing(503)],
    ["504", failing(504)],
    ["a connection that ends without an answer", hangUp],
    ["a connection that ends within the answer", breakOff],
  ];
  test.each(passing)("after %s a read and a write are repeated, and then succeed", async (_name, step) => {
    await using server = await fakeServer(step, step, ok, step, step, remembered);
    const pensyve = client(server.url);
    await pensyve.recall("tea");
    await pensyve.remember(fact);
    expect(server.seen.map(({ url }) => url)).toEqual([
      ...Array(3).fill("/v1/recall"),
      ...Array(3).fill("/v1/remember"),
    ]);
  });

  test("after an attempt that ran into its timeout, with no answer or half of one", async () => {
    await using server = await fakeServer(silence, stall, ok);
    expect(await client(server.url, { timeoutMs: 100 }).recall("tea")).toEqual({ memories: [] });
    expect(server.seen).toHaveLength(3);
  });

  test.each([400, 401, 403, 404, 409, 413, 422, 500, 501])(
    "%i is not: another try would end the same",
    async (status) => {
      await using server = await fakeServer(failing(status), ok);
      await expect(client(server.url).recall("tea")).rejects.toMatchObject({ status });
      expect(server.seen).toHaveLength(1);
    },
  );

  test("no more often than retries says: 2 unless told otherwise, for the client or for one call", async () => {
    await using server = await fakeServer(failing(503));
    await expect(client(server.url).recall("tea")).rejects.toThrow(ApiError);
    expect(server.seen.splice(0)).toHaveLength(3);
    await expect(client(server.url, { retries: 0 }).recall("tea")).rejects.toThrow(ApiError);
    expect(server.seen.splice(0)).toHaveLength(1);
    await expect(client(server.url).recall("tea", {}, { retries: 4 })).rejects.toThrow(ApiError);
    expect(server.seen).toHaveLength(5);
  });

  test("a server that nobody listens for ends in ConnectionError, which says where and why", async () => {
    const server = await fakeServer(ok);
    await server[Symbol.asyncDispose]();
    const failure = client(server.url).recall("tea");
    await expect(failure).rejects.toThrow(ConnectionError);
    await expect(failure).rejects.toThrow(/^recall: http:\/\/127.* cannot be reached: .*ECONNREFUSED/);
  });
});

describe("writes", () => {
  test("each has an Idempotency-Key of its own, the same in all its attempts; reads have none", async () => {
    await using server = await fakeServer(failing(503), hangUp, remembered, failing(503), remembered, ok);
    const pensyve = client(server.url);
    await pensyve.remember(fact);
    await pensyve.remember(fact);
    await pensyve.recall("tea");
    const [first, second, third, fourth, fifth, read] = keysOf(server.seen);
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect([second, third]).toEqual([first, first]);
    expect(fourth).not.toBe(first);
    expect(fifth).toBe(fourth);
    expect(read).toBeUndefined();
  });

  test("DELETE and PATCH count as writes", async () => {
    await using server = await fakeServer(json(200, {}));
    const pensyve = client(server.url);
    await pensyve.forget("alice");
    await pensyve.editMemory("m", { confidence: 0.5 });
    await pensyve.deleteMemory("m");
    await pensyve.deleteAllMemories({ confirm: "delete-all-memories" });
    expect(new Set(keysOf(server.seen)).size).toBe(4);
    expect(keysOf(server.seen)).not.toContain(undefined);
  });

  test("a key of the caller's is sent as it is, and one that no header can carry is refused before anything is sent", async () => {
    await using server = await fakeServer(remembered);
    await client(server.url).remember(fact, { idempotencyKey: "import-17" });
    expect(keysOf(server.seen)).toEqual(["import-17"]);
    await expect(client(server.url).remember(fact, { idempotencyKey: "a\nb" })).rejects.toThrow(TypeError);
    expect(server.seen).toHaveLength(1);
  });

  test("where no key can be made, a write is sent once and not repeated, and a read still is", async () => {
    await using server = await fakeServer(failing(503), failing(503), ok);
    const { crypto } = globalThis;
    Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
    try {
      await expect(client(server.url).remember(fact)).rejects.toMatchObject({ status: 503 });
      expect(keysOf(server.seen)).toEqual([undefined]);
      await client(server.url).recall("tea");
      expect(server.seen).toHaveLength(3);
    } finally {
      Object.defineProperty(globalThis, "crypto", { value: crypto, configurable: true });
    }
  });
});

describe("waiting", () => {
  test("Retry-After in seconds is honoured", async () => {
    await using server = await fakeServer(failing(429, { "retry-after": "1" }), ok);
    await client(server.url).recall("tea");
    const [first, second] = server.seen.map(({ atMs }) => atMs);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(990);
  });

  test("Retry-After as a date is honoured, by the server's clock where that is known", async () => {
    const hour = 3_600_000;
    // Both an hour behind the clock here: by that, there would be nothing to wait for.
    const date = new Date(Date.now() - hour);
    const headers = { date: date.toUTCString(), "retry-after": new Date(date.getTime() + 1_000).toUTCString() };
    await using server = await fakeServer(failing(503, headers), ok);
    await client(server.url).recall("tea");
    const [first, second] = server.seen.map(({ atMs }) => atMs);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(990);
  });

  test("a longer wait than retryMaxDelayMs is not waited: the error tells how long it would be", async () => {
    await using server = await fakeServer(failing(429, { "retry-after": "3600" }), ok);
    const failure = client(server.url).recall("tea");
    await expect(failure).rejects.toThrow(RateLimitError);
    await expect(failure).rejects.toMatchObject({ retryAfterSeconds: 3600 });
    expect(server.seen).toHaveLength(1);
  });

  const settings = { retryBaseDelayMs: 500, retryMaxDelayMs: 4_000 };
  const broken = new ConnectionError("It broke.");
  test.each([
    [0, 250, 500],
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [9, 2_000, 4_000],
    [5_000, 2_000, 4_000],
  ])("the wait after %i repeats is taken by chance from %i to %i ms", (repeats, least, most) => {
    expect(retryDelayMs(broken, repeats, settings, () => 0)).toBe(least);
    expect(retryDelayMs(broken, repeats, settings, () => 1)).toBe(most);
  });

  test("what the server asks for is only ever lengthened by chance, never shortened", () => {
    const refusal = {
      status: 429,
      code: "rate_limited",
      detail: "",
      requestId: "",
      operation: "recall",
      requiredScope: "",
    };
    const limited = new RateLimitError({ ...refusal, retryAfterSeconds: 2 });
    expect(retryDelayMs(limited, 0, settings, () => 0)).toBe(2_000);
    expect(retryDelayMs(limited, 0, settings, () => 1)).toBe(2_500);
  });
});

describe("ending", () => {
  test("a timeout ends in TimeoutError, which is a ConnectionError, and says how long was waited", async () => {
    await using server = await fakeServer(silence);
    const failure = client(server.url, { retries: 0 }).recall("tea", {}, { timeoutMs: 50 });
    await expect(failure).rejects.toThrow(TimeoutError);
    await expect(failure).rejects.toThrow(ConnectionError);
    await expect(failure).rejects.toThrow(/did not answer within 50 ms/);
  });

  const reason = new Error("The user left.");
  test.each<[string, Step]>([
    ["an answer", silence],
    ["the rest of an answer", stall],
    ["the next attempt", failing(429, { "retry-after": "30" })],
  ])("the caller's signal ends a call that waits for %s, with its own reason", async (_name, step) => {
    await using server = await fakeServer(step);
    const controller = new AbortController();
    const failure = client(server.url).recall("tea", {}, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    await expect(failure).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });

  test("and so it does when no repeat is left", async () => {
    await using server = await fakeServer(silence);
    const controller = new AbortController();
    const failure = client(server.url, { retries: 0 }).recall("tea", {}, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(failure).rejects.toBe(reason);
  });

  test("and when it comes together with the answer, before the wait", async () => {
    const controller = new AbortController();
    const refusing = async () => {
      controller.abort(reason);
      return new Response("", { status: 429, headers: { "retry-after": "30" } });
    };
    const pensyve = client("http://127.0.0.1:1", { fetch: refusing });
    await expect(pensyve.recall("tea", {}, { signal: controller.signal })).rejects.toBe(reason);
  }, 5_000);

  test("a signal that has aborted already lets nothing be sent", async () => {
    await using server = await fakeServer(ok);
    await expect(client(server.url).recall("tea", {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.seen).toHaveLength(0);
  });

  test("nothing is left behind: a signal that outlives many calls gathers no listeners", async () => {
    await using server = await fakeServer(failing(503), ok);
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    for (let calls = 0; calls < 5; calls += 1) await client(server.url).recall("tea", {}, { signal });
    expect(listeners).toBe(0);
  });
});
