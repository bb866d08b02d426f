import { afterEach, describe, expect, test, vi } from "vitest";
import { Pensyve, PensyveError, type PensyveOptions } from "../src/index.ts";
import { fakeServer, json } from "./fake-server.ts";

const baseUrl = "http://127.0.0.1:1";
const apiKey = "psy_your_key_here";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Address and credential of the first request that a client made with `options` sends. */
async function sentBy(options?: PensyveOptions): Promise<{ url: string; credential: string | null }> {
  let sent: Request | undefined;
  vi.stubGlobal("fetch", async (input: string, init: RequestInit) => {
    sent = new Request(input, init);
    return Response.json({});
  });
  await new Pensyve(options).me();
  return { url: String(sent?.url), credential: sent?.headers.get("authorization") ?? null };
}

describe("address and key", () => {
  test("are taken as the documentation shows: baseUrl and apiKey", async () => {
    const sent = await sentBy({ baseUrl: "https://api.pensyve.com", apiKey });
    expect(sent).toEqual({ url: "https://api.pensyve.com/v1/me", credential: `Bearer ${apiKey}` });
  });

  test("come from PENSYVE_API_URL and PENSYVE_API_KEY when nothing is given", async () => {
    vi.stubEnv("PENSYVE_API_URL", "https://memory.example.org/");
    vi.stubEnv("PENSYVE_API_KEY", "psy_of_the_environment\n");
    const expected = { url: "https://memory.example.org/v1/me", credential: "Bearer psy_of_the_environment" };
    expect(await sentBy()).toEqual(expected);
    expect(await sentBy({ apiKey: undefined, baseUrl: undefined })).toEqual(expected);
    expect(await sentBy({ apiKey })).toEqual({ ...expected, credential: `Bearer ${apiKey}` });
  });

  test.each<[string, PensyveOptions, RegExp]>([
    ["no key", { baseUrl }, /no API key\. Pass apiKey, or set PENSYVE_API_KEY/],
    ["an empty key: the environment's is then not used instead", { baseUrl, apiKey: " " }, /API key is empty/],
    ["no address", { apiKey }, /no server address\. Pass baseUrl, or set PENSYVE_API_URL/],
    ["an address without a scheme", { apiKey, baseUrl: "example.org" }, /not a URL/],
    ["an address of another scheme", { apiKey, baseUrl: "file:///etc" }, /not a URL/],
    ["an address with a query", { apiKey, baseUrl: "https://example.org?key=1" }, /no user, password, query/],
  ])("%s is said when the client is made", (_name, options, message) => {
    vi.stubEnv("PENSYVE_API_URL", "");
    vi.stubEnv("PENSYVE_API_KEY", options.apiKey === undefined ? "" : "psy_another");
    expect(() => new Pensyve(options)).toThrow(PensyveError);
    expect(() => new Pensyve(options)).toThrow(message);
  });

  test("an environment that may not be read, or is not there, counts as empty", () => {
    const forbidden = {
      get env() {
        throw new Error("NotCapable");
      },
    };
    const { process } = globalThis;
    for (const value of [forbidden, undefined, {}]) {
      Object.defineProperty(globalThis, "process", { value, configurable: true });
      try {
        expect(() => new Pensyve({ baseUrl })).toThrow(/no API key/);
      } finally {
        Object.defineProperty(globalThis, "process", { value: process, configurable: true });
      }
    }
  });

  test("slashes at the end of the address make no difference, and a path before /v1 stays", async () => {
    expect((await sentBy({ baseUrl: "https://example.org//", apiKey })).url).toBe("https://example.org/v1/me");
    expect((await sentBy({ baseUrl: "https://example.org/memory/", apiKey })).url).toBe(
      "https://example.org/memory/v1/me",
    );
  });

  test.each<PensyveOptions>([
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { timeoutMs: 2 ** 31 },
    { retries: -1 },
    { retries: 1.5 },
    { retryBaseDelayMs: -1 },
    { retryMaxDelayMs: Number.POSITIVE_INFINITY },
  ])("numbers that cannot be kept are refused: %j", (options) => {
    expect(() => new Pensyve({ baseUrl, apiKey, ...options })).toThrow(RangeError);
  });
});

describe("namespace", () => {
  test("of the client goes with every call that takes one; a call's own comes before it, and null stands for none", async () => {
    await using server = await fakeServer(json(200, { memories: [], groups: [] }));
    const pensyve = new Pensyve({ baseUrl: server.url, apiKey, namespace: "my-agent" });
    const fact = { entity: "alice", fact: "likes tea" };
    await pensyve.recall("tea");
    await pensyve.recallGrouped("tea");
    await pensyve.inspect("alice");
    await pensyve.remember(fact);
    await pensyve.entity("alice");
    await pensyve.startEpisode(["user"]);
    await pensyve.recall("tea", { namespace: "other" });
    await pensyve.recall("tea", { namespace: undefined });
    await pensyve.recall("tea", { namespace: null });
    const namespaces = server.seen.map(({ body }) => JSON.parse(body).namespace);
    expect(namespaces).toEqual([...Array(6).fill("my-agent"), "other", "my-agent", null]);
  });

  test("goes into the query of calls without a body", async () => {
    await using server = await fakeServer(json(200, {}));
    const pensyve = new Pensyve({ baseUrl: server.url, apiKey, namespace: "a&b=c d" });
    await pensyve.stats();
    await pensyve.forget("alice");
    await pensyve.stats({ namespace: null });
    expect(server.seen.map(({ url }) => url)).toEqual([
      "/v1/stats?namespace=a%26b%3Dc+d",
      "/v1/entities/alice?namespace=a%26b%3Dc+d",
      "/v1/stats",
    ]);
  });
});

describe("names in addresses", () => {
  test.each(["a/b", "a b", "50%", "ümläut", "?x=1#y", "..a", "日本"])("%j arrives as it is", async (name) => {
    await using server = await fakeServer(json(200, {}));
    await new Pensyve({ baseUrl: server.url, apiKey }).forget(name);
    expect(server.seen[0]?.url.split("/").map(decodeURIComponent)).toEqual(["", "v1", "entities", name]);
  });

  // A URL resolves dots: what was meant for one thing would be asked of what holds it.
  test.each(["", ".", "..", "\ud800"])("%j is refused before anything is sent", async (name) => {
    await using server = await fakeServer(json(200, {}));
    const pensyve = new Pensyve({ baseUrl: server.url, apiKey });
    await expect(pensyve.forget(name)).rejects.toThrow(TypeError);
    await expect(pensyve.deleteMemory(name)).rejects.toThrow(TypeError);
    expect(server.seen).toHaveLength(0);
  });
});
