import { ADMINISTRATOR, expect, test } from "./fixtures.ts";
import { cookieOf, plainRequest, sendForm, signedInCookie } from "./plain-http.ts";

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
    { rsc: "1", "next-router-state-tree": "%" },
    { rsc: "1", "next-router-state-tree": encodeURIComponent('["",{"children":1}]') },
    { rsc: "1", "next-router-segment-prefetch": "/\\..\\x", "next-router-prefetch": "9" },
    { rsc: "x", "next-url": "/%" },
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
    // A thousand requests; this machine may be busy.
    test.setTimeout(180_000);
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

  test("a planted cookie signs nobody out", async ({ server }) => {
    const cookie = await signedInCookie(server);
    for (const planted of [
      "next-auth.callback-url=javascript:alert(1)",
      "next-auth.csrf-token=%",
      "pensyve-session.0=x",
      "tz=%",
    ]) {
      const answer = await plainRequest(server, "/settings", { headers: { cookie: `${planted}; ${cookie}` } });
      expect(answer.status, planted).toBe(200);
      expect(answer.body, planted).toContain(ADMINISTRATOR.email);
    }
  });
});

test("a program that asks for what does not exist reads JSON, whatever the path; a person gets the page", async ({
  server,
}) => {
  for (const path of ["/register", "/authorize", "/no/such/page", "/api/none", "/oauth/none", "/.well-known/none"]) {
    const answer = await plainRequest(server, path, { headers: { accept: "application/json" } });
    expect([answer.status, answer.headers["content-type"]], path).toEqual([404, "application/json"]);
    expect(JSON.parse(answer.body), path).toMatchObject({ error: "not_found" });
  }
  const posted = { method: "POST", headers: { accept: "application/json" }, body: "{}" };
  const refused = await plainRequest(server, "/register", posted);
  expect([refused.status, JSON.parse(refused.body).error]).toEqual([403, "foreign_form"]);
  const page = await plainRequest(server, "/no/such/page", { headers: { accept: "text/html,*/*" } });
  expect([page.status, page.headers["content-type"]?.split(";")[0]]).toEqual([404, "text/html"]);
  expect(page.body).toContain("Nothing here");
});
