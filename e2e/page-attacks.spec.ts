import { ADMINISTRATOR, expect, type RunningServer, signIn, test } from "./fixtures.ts";
import { cookieOf, plainRequest, sendForm } from "./plain-http.ts";

/** What is on every page of somebody signed in, and must be in no answer to anybody else. */
const MARKERS = [ADMINISTRATOR.email, ADMINISTRATOR.name];
const PROTECTED = [
  "/keys",
  "/activity",
  "/settings",
  "/settings/api-keys",
  "/keys/01a20de3-7ee7-72ae-b1b5-403eb301fe59",
];

async function signedInCookie(server: RunningServer): Promise<string> {
  const { email, password } = ADMINISTRATOR;
  return cookieOf(await sendForm(server, "/sign-in", { email, password }));
}

test.describe("attack 29: a page is protected by itself, however it is asked for", () => {
  const chain = (name: string) => Array<string>(5).fill(name).join(":");
  const variations: [string, (path: string) => { path: string; headers?: Record<string, string> }][] = [
    ["plain", (path) => ({ path })],
    ["x-middleware-subrequest: proxy", (path) => ({ path, headers: { "x-middleware-subrequest": chain("proxy") } })],
    [
      "x-middleware-subrequest: src/proxy",
      (path) => ({ path, headers: { "x-middleware-subrequest": chain("src/proxy") } }),
    ],
    [
      "x-middleware-subrequest: middleware",
      (path) => ({ path, headers: { "x-middleware-subrequest": chain("middleware") } }),
    ],
    ["x-middleware-next", (path) => ({ path, headers: { "x-middleware-next": "1" } })],
    ["x-middleware-rewrite", (path) => ({ path: "/sign-in", headers: { "x-middleware-rewrite": path } })],
    ["x-forwarded-user", (path) => ({ path, headers: { "x-forwarded-user": ADMINISTRATOR.email, "x-user-id": "1" } })],
    ["own path header", (path) => ({ path, headers: { "x-pensyve-path": "//evil.example" } })],
    ["RSC: 1", (path) => ({ path, headers: { rsc: "1" } })],
    ["RSC: 1 with _rsc", (path) => ({ path: `${path}?_rsc=1a2b3`, headers: { rsc: "1" } })],
    ["prefetch", (path) => ({ path, headers: { rsc: "1", "next-router-prefetch": "1" } })],
    [
      "segment prefetch",
      (path) => ({
        path,
        headers: { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
      }),
    ],
    [".rsc", (path) => ({ path: `${path}.rsc` })],
    [".segments", (path) => ({ path: `${path}.segments/_tree.segment.rsc` })],
    [".prefetch.rsc", (path) => ({ path: `${path}.prefetch.rsc` })],
    ["_next/data", (path) => ({ path: `/_next/data/build${path}.json`, headers: { "x-nextjs-data": "1" } })],
    ["x-nextjs-data", (path) => ({ path, headers: { "x-nextjs-data": "1" } })],
    ["encoded letter", (path) => ({ path: `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}` })],
    ["encoded slash", (path) => ({ path: path.replace(/^\//, "/%2f") })],
    ["encoded slash behind", (path) => ({ path: `${path}%2f` })],
    ["double slash", (path) => ({ path: `/${path}` })],
    ["backslash", (path) => ({ path: `/\\${path.slice(1)}` })],
    ["dot segment", (path) => ({ path: `/.${path}` })],
    ["through static files", (path) => ({ path: `/_next/static/..${path}` })],
    ["through static files, encoded", (path) => ({ path: `/_next/static/%2e%2e%2f%2e%2e${path}` })],
    ["icon name in front", (path) => ({ path: `/favicon.svg/..${path}` })],
    ["locale prefix", (path) => ({ path: `/en${path}` })],
    ["default locale prefix", (path) => ({ path: `/default${path}` })],
    ["upper case", (path) => ({ path: path.toUpperCase() })],
    ["trailing slash", (path) => ({ path: `${path}/` })],
    ["matrix parameter", (path) => ({ path: `${path};x=1` })],
    ["query in the path", (path) => ({ path: `${path}%3Fx` })],
    ["nextInternalLocale", (path) => ({ path: `${path}?__nextLocale=en&__nextDefaultLocale=en` })],
    ["x-matched-path", (path) => ({ path: "/sign-in", headers: { "x-matched-path": path } })],
    ["x-invoke-path", (path) => ({ path: "/sign-in", headers: { "x-invoke-path": path, "x-invoke-status": "200" } })],
    ["x-original-url", (path) => ({ path: "/sign-in", headers: { "x-original-url": path, "x-rewrite-url": path } })],
    ["x-now-route-matches", (path) => ({ path, headers: { "x-now-route-matches": "1=x" } })],
    ["next-resume", (path) => ({ path, headers: { "next-resume": "1" } })],
    [
      "made-up session cookie",
      (path) => ({ path, headers: { cookie: "pensyve-session=x; next-auth.session-token=x" } }),
    ],
    ["session cookie in chunks", (path) => ({ path, headers: { cookie: "pensyve-session.0=a; pensyve-session.1=b" } })],
    ["basic authorization", (path) => ({ path, headers: { authorization: `Basic ${btoa("maya@example.org:x")}` } })],
  ];

  test("the markers are there for the owner, or the test would prove nothing", async ({ server }) => {
    const cookie = await signedInCookie(server);
    for (const path of ["/keys", "/activity", "/settings"]) {
      const { status, body } = await plainRequest(server, path, { headers: { cookie } });
      expect(status).toBe(200);
      for (const marker of MARKERS) expect(body).toContain(marker);
    }
  });

  for (const [name, vary] of variations) {
    test(`attack 29: ${name}`, async ({ server }) => {
      for (const protectedPath of PROTECTED) {
        const { path, headers } = vary(protectedPath);
        for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"]) {
          const answer = await plainRequest(server, path, { method, headers: { ...headers } });
          const label = `${method} ${path} -> ${answer.status}`;
          expect(answer.status, label).toBeLessThan(500);
          for (const marker of MARKERS) expect(answer.body, label).not.toContain(marker);
          const target = new URL(answer.headers.location ?? "/", server.url);
          expect(target.origin, label).toBe(server.url);
        }
      }
    });
  }
});

test.describe("SIG-07: GET changes nothing, and a form of another page is refused", () => {
  test("no Origin, null, another site, another port, another scheme: 403", async ({ server }) => {
    const { email, password } = ADMINISTRATOR;
    const { port } = server;
    const origins = ["null", "https://evil.example", `http://localhost:${port + 1}`, `https://localhost:${port}`, ""];
    for (const origin of [...origins, `http://localhost:${port}.evil.example`]) {
      for (const headers of [{ origin }, { origin, "x-forwarded-host": "evil.example" }]) {
        const answer = await sendForm(server, "/sign-in", { email, password }, headers);
        expect(answer.status, origin).toBe(403);
        expect(answer.body).toBe("This form came from another page. Open the page again and repeat it.\n");
        expect(answer.headers["set-cookie"]).toBeUndefined();
      }
    }
    const form = "a=b";
    const bare = await plainRequest(server, "/sign-in", { method: "POST", body: form });
    expect(bare.status).toBe(403);
  });

  test("signing out by GET does nothing", async ({ server }) => {
    const cookie = await signedInCookie(server);
    for (const path of ["/api/auth/signout", "/api/auth/signout?csrf=false", "/sign-out", "/sign-in"]) {
      await plainRequest(server, path, { headers: { cookie } });
      expect((await plainRequest(server, "/settings", { headers: { cookie } })).status, path).toBe(200);
    }
  });

  test("next-auth's sign-out needs its token and an Origin, and then ends the session on the server", async ({
    server,
  }) => {
    const cookie = await signedInCookie(server);
    const csrf = await plainRequest(server, "/api/auth/csrf", { headers: { cookie } });
    const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
    const both = `${cookie}; ${cookieOf(csrf)}`;
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const post = (headers: Record<string, string>, body: string) =>
      plainRequest(server, "/api/auth/signout", { method: "POST", headers: { ...type, ...headers }, body });
    const isSignedIn = async () => (await plainRequest(server, "/settings", { headers: { cookie } })).status === 200;

    expect((await post({ cookie: both }, `csrfToken=${csrfToken}`)).status).toBe(403);
    await post({ cookie: both, origin: server.url }, "csrfToken=wrong");
    expect(await isSignedIn()).toBe(true);
    await post({ cookie: both, origin: server.url }, `csrfToken=${csrfToken}`);
    expect(await isSignedIn()).toBe(false);
  });
});

test.describe("attack 32: next-auth's endpoints under hostile headers", () => {
  const hostile: Record<string, string>[] = [
    { authorization: "Bearer" },
    { authorization: "Bearer " },
    { authorization: "Bearer %" },
    { authorization: "Bearer a.b.c" },
    { authorization: `Bearer ${"A".repeat(6000)}` },
    { authorization: "Basic \u00ff\u00fe" },
    { cookie: "next-auth.csrf-token=%" },
    { cookie: "next-auth.csrf-token=%E0%A4%A" },
    { cookie: "next-auth.csrf-token=a|b|c; next-auth.callback-url=%ff" },
    { cookie: "next-auth.callback-url=javascript:alert(1)" },
    { cookie: "next-auth.callback-url=https://evil.example" },
    { cookie: "pensyve-session=%00" },
    { cookie: `pensyve-session=${"x".repeat(4000)}` },
    { cookie: "pensyve-session.x=1; pensyve-session.999999999999=2; pensyve-session=" },
    { cookie: "__proto__=1; constructor=2; tz=%" },
    { cookie: ";;;=;=;" },
    { "x-forwarded-host": "evil.example, x", "x-forwarded-proto": "gopher" },
    { "x-forwarded-host": "[", "x-forwarded-proto": ":" },
    { "accept-language": "\u00ff".repeat(100) },
    { "content-type": "application/json" },
    { "content-type": "multipart/form-data; boundary=" },
    { "content-type": "multipart/form-data" },
    { "content-type": "multipart/form-data; boundary=x" },
    { "content-type": "multipart/mixed; boundary=x" },
    { "content-type": "Multipart/Form-Data; Boundary=x" },
    { "content-type": "text/plain; charset=utf-99" },
    { referer: "http://[" },
    { "user-agent": "" },
    { "next-action": "x".repeat(40) },
    { "next-action": "__proto__" },
    { "next-router-state-tree": "%" },
    { "next-url": "http://[" },
    { rsc: "1", "next-router-state-tree": encodeURIComponent("{") },
  ];
  const paths = [
    "/api/auth/session",
    "/api/auth/csrf",
    "/api/auth/providers",
    "/api/auth/signout",
    "/api/auth/signin/x",
    "/api/auth/callback/credentials",
    "/api/auth/callback/__proto__",
    "/api/auth/error?error=%",
    "/api/auth/constructor",
    "/api/auth/",
    "/api/auth",
    "/api/auth/session?callbackUrl=http://[",
    "/api/auth/%ff",
    "/sign-in",
    "/settings",
  ];
  const bodies = ["", "{", '{"csrfToken":{"a":1},"callbackUrl":1}', "csrfToken[]=1&callbackUrl=%", "--x\r\n", "null"];

  test("no answer is a 5xx", async ({ server }) => {
    const statuses = new Map<number, number>();
    for (const path of paths) {
      for (const headers of hostile) {
        for (const method of ["GET", "POST"]) {
          const body = method === "POST" ? (bodies[statuses.size % bodies.length] ?? "") : "";
          const origin = { origin: server.url };
          const answer = await plainRequest(server, path, { method, headers: { ...origin, ...headers }, body });
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          expect(answer.status, `${method} ${path} ${JSON.stringify(headers).slice(0, 120)}`).toBeLessThan(500);
          expect(answer.headers["set-cookie"]?.join() ?? "").not.toContain("evil");
        }
      }
      for (const body of bodies) {
        const headers = { origin: server.url, "content-type": "application/json" };
        const answer = await plainRequest(server, path, { method: "POST", headers, body });
        expect(answer.status, `POST ${path} ${body}`).toBeLessThan(500);
      }
    }
    expect(statuses.get(200)).toBeGreaterThan(0);
  });
});

test.describe("attacks 21 and 31: headers of pages", () => {
  const paths = ["/sign-in", "/setup", "/keys", "/activity", "/settings", "/nothing", "/", "/api/auth/session"];

  for (const isSignedIn of [false, true]) {
    test(`${isSignedIn ? "signed in" : "signed out"}: policy with a fresh nonce, no framing, no sniffing, nothing stored`, async ({
      server,
    }) => {
      const headers: Record<string, string> = isSignedIn ? { cookie: await signedInCookie(server) } : {};
      const nonces = new Set<string>();
      for (const path of paths) {
        for (const extra of [{}, { rsc: "1" }]) {
          const answer = await plainRequest(server, path, { headers: { ...headers, ...extra } });
          const policy = String(answer.headers["content-security-policy"]);
          const nonce = /script-src 'nonce-([A-Za-z0-9+/=]{24})' 'strict-dynamic'/.exec(policy)?.[1] ?? "";
          expect(nonce, path).not.toBe("");
          nonces.add(nonce);
          expect(policy).not.toContain("unsafe-");
          expect(policy).toContain("frame-ancestors 'none'");
          expect(answer.headers["cache-control"], path).toMatch(/private.*no-store/);
          expect(answer.headers["x-content-type-options"]).toBe("nosniff");
          expect(answer.headers["referrer-policy"]).toBe("same-origin");
          expect(answer.headers["cross-origin-opener-policy"]).toBe("same-origin");
          expect(answer.headers["permissions-policy"]).toContain("camera=()");
          expect(answer.headers["x-powered-by"]).toBeUndefined();
          expect(answer.headers["strict-transport-security"]).toBeUndefined();
          const scripts = answer.body.match(/<script[^>]*>/g) ?? [];
          for (const script of scripts) expect(script, path).toContain(`nonce="${nonce}"`);
          expect(answer.body).not.toMatch(/<[^>]+ style="/);
        }
      }
      expect(nonces.size).toBe(paths.length * 2);
    });
  }

  test("files with their content in the name stay cacheable", async ({ server }) => {
    const { body } = await plainRequest(server, "/sign-in");
    const file = /\/_next\/static\/[^"]+\.css/.exec(body)?.[0] ?? "";
    const answer = await plainRequest(server, file);
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toContain("immutable");
  });

  test("a browser finds nothing to block, and nobody can frame a page", async ({ page, server }) => {
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    await signIn(page, server);
    for (const path of ["/activity", "/settings"]) {
      await page.goto(`${server.url}${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
    await page.getByLabel("Name").fill(ADMINISTRATOR.name);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Settings saved")).toBeVisible();
    expect(problems).toEqual([]);
    await page.goto("about:blank");
    await page.setContent(`<iframe src="${server.url}/settings"></iframe>`);
    await expect.poll(() => problems.join()).toContain("frame-ancestors");
  });
});
