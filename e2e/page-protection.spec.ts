import { ADMINISTRATOR, expect, test } from "./fixtures.ts";
import { askFully, plainRequest, signedInCookie } from "./plain-http.ts";

/** What is on every page of somebody signed in, and must be in no answer to anybody else. */
const MARKERS = [ADMINISTRATOR.email, ADMINISTRATOR.name, "Nobody can edit a row", "Browsers that are signed in"];
const PROTECTED = [
  "/keys",
  "/apps",
  "/device",
  "/activity",
  "/settings",
  "/settings/api-keys",
  "/keys/01a20de3-7ee7-72ae-b1b5-403eb301fe59",
];

/** What the browser's router sends while it shows a page of the dashboard. */
function shellState(page: string): string {
  const state = [
    "",
    { children: ["(dashboard)", { children: [page, { children: ["__PAGE__", {}] }] }] },
    null,
    null,
    16,
  ];
  return encodeURIComponent(JSON.stringify(state));
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
    // The router that claims to show the frame already gets the page alone, without the layout's own check.
    [
      "RSC: 1 beside a page of the shell",
      (path) => ({ path, headers: { rsc: "1", "next-router-state-tree": shellState("settings") } }),
    ],
    [
      "RSC: 1 from the page itself",
      (path) => ({ path, headers: { rsc: "1", "next-router-state-tree": shellState(path.slice(1)) } }),
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
      for (const marker of MARKERS.slice(0, 2)) expect(body).toContain(marker);
    }
    const headers = { cookie, rsc: "1", "next-router-state-tree": shellState("settings") };
    const alone = await askFully(server, "/activity", headers);
    expect(alone.headers["content-type"]).toBe("text/x-component");
    expect(alone.body).toContain("Nobody can edit a row");
    expect(alone.body).not.toContain("Skip to content");
  });

  for (const [name, vary] of variations) {
    test(`attack 29: ${name}`, async ({ server }) => {
      for (const protectedPath of PROTECTED) {
        const { path, headers } = vary(protectedPath);
        for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"]) {
          const answer = await askFully(server, path, headers, method);
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
