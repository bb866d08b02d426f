import { expect, test } from "vitest";
import { listenOnLoopback } from "./loopback.ts";

test("only a GET of the callback with the expected state is the answer; what else asks changes nothing", async () => {
  const { url, answer, close } = await listenOnLoopback("the-state");
  const { origin } = new URL(url);
  const others: [string, string][] = [
    ["GET", `${url}?code=c&state=another`],
    ["GET", url],
    ["GET", `${origin}/?state=the-state`],
    ["GET", `${origin}//callback?state=the-state`],
    ["POST", `${url}?code=c&state=the-state`],
    ["HEAD", `${url}?code=c&state=the-state`],
  ];
  for (const [method, address] of others) expect((await fetch(address, { method })).status).toBe(404);
  expect(await Promise.race([answer, Promise.resolve("nothing yet")])).toBe("nothing yet");
  const shown = await fetch(`${url}?code=the-code&state=the-state&iss=x`);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain("You can close this tab");
  expect(shown.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(shown.headers.get("cache-control")).toBe("no-store");
  expect((await answer).searchParams.get("code")).toBe("the-code");
  close();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("RFC 8252 section 7.3: each listens on a free port of the IPv4 loopback address", async () => {
  const [one, two] = await Promise.all([listenOnLoopback("a"), listenOnLoopback("b")]);
  expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  expect(one.url).not.toBe(two.url);
  one.close();
  two.close();
});
