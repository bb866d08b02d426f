import { afterEach, expect, test, vi } from "vitest";
import { MemorySecrets } from "../test/memory-secrets.ts";
import { askBrowser, type Editor, type WaitingHelp } from "./ask-browser.ts";
import { Canceled } from "./refusals.ts";
import { UriAnswers } from "./uri-answers.ts";

const SERVER = "https://memory.example.org";

afterEach(() => vi.useRealTimers());

type Shown = { opened: string[]; help: WaitingHelp | undefined };

function ask(changes: Partial<Editor>) {
  const shown: Shown = { opened: [], help: undefined };
  const editor: Editor = {
    uriScheme: "vscode",
    isDesktop: true,
    openBrowser: async (url) => {
      shown.opened.push(url);
      return true;
    },
    externalAddress: async (url) => url,
    showWaiting: (_, help) => {
      shown.help = help;
    },
    ...changes,
  };
  const answers = new UriAnswers(new MemorySecrets());
  const urlFor = (redirectUri: string) => `${SERVER}/authorize?redirect_uri=${encodeURIComponent(redirectUri)}`;
  const answered = askBrowser(editor, answers, { state: "s", urlFor });
  answered.catch(() => undefined);
  const redirectUri = async () => {
    await expect.poll(() => shown.help).toBeDefined();
    const url = shown.help?.address ?? shown.opened[0] ?? "";
    return new URL(url).searchParams.get("redirect_uri") ?? "";
  };
  return { answered, shown, answers, redirectUri };
}

test.each(["vscode", "vscode-insiders", "vscodium", "cursor", "windsurf"])(
  "%s is answered by a link of its own",
  async (scheme) => {
    const { answered, answers, redirectUri, shown } = ask({ uriScheme: scheme });
    expect(await redirectUri()).toBe(`${scheme}://pensyve.pensyve/callback`);
    await answers.handleUri({ path: "/callback", toString: () => `${scheme}://pensyve.pensyve/callback?state=s` });
    expect((await answered).address.protocol).toBe(`${scheme}:`);
    expect(shown.help).toMatchObject({ address: undefined, paste: undefined });
  },
);

test.each([
  ["an editor whose links the server does not know", { uriScheme: "code-oss" }],
  ["an editor that is a web page", { isDesktop: false }],
])("%s is answered on a port", async (_, changes) => {
  const { answered, redirectUri } = ask(changes);
  const uri = await redirectUri();
  expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  await fetch(`${uri}?state=s`);
  expect(await answered).toMatchObject({ redirectUri: uri });
});

test("through a tunnel the address is that of its near end", async () => {
  const externalAddress = async (url: string) => (url.startsWith(SERVER) ? url : "http://127.0.0.1:4711/callback");
  const { answered, redirectUri, shown } = ask({ uriScheme: "code-oss", externalAddress });
  expect(await redirectUri()).toBe("http://127.0.0.1:4711/callback");
  shown.help?.cancel();
  await expect(answered).rejects.toThrow(Canceled);
});

test("behind a proxy it is the port's own, and the address of the page that did not load can be pasted", async () => {
  const externalAddress = async (url: string) =>
    url.startsWith(SERVER) ? url : "https://code.example/proxy/4711/callback";
  const { answered, redirectUri, shown } = ask({ isDesktop: false, externalAddress });
  const uri = await redirectUri();
  expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:/);
  shown.help?.paste?.("no address");
  shown.help?.paste?.(` ${uri}?code=c&state=s `);
  expect((await answered).address.searchParams.get("code")).toBe("c");
});

test("a page that the editor would open elsewhere is not opened but given to the person", async () => {
  const externalAddress = async (url: string) =>
    url.startsWith(SERVER) ? "https://code.example/proxy/3000/authorize" : url;
  const { answered, shown } = ask({ isDesktop: false, externalAddress });
  await expect.poll(() => shown.help?.address).toMatch(/^https:\/\/memory\.example\.org\/authorize/);
  expect(shown.opened).toEqual([]);
  shown.help?.cancel();
  await expect(answered).rejects.toThrow(Canceled);
});

test("who does not want the browser opened stops the sign-in, and the port is closed", async () => {
  let uri = "";
  const openBrowser = async (url: string) => {
    uri = new URL(url).searchParams.get("redirect_uri") ?? "";
    return false;
  };
  await expect(ask({ isDesktop: false, openBrowser }).answered).rejects.toThrow(Canceled);
  await expect(fetch(uri)).rejects.toThrow("fetch failed");
});

test("after five minutes it stops waiting, and says what to do", async () => {
  vi.useFakeTimers();
  const { answered } = ask({});
  const refused = expect(answered).rejects.toMatchObject({ name: "Refusal", next: "sign_in" });
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  await refused;
});
