import { listenOnLoopback } from "./loopback.ts";
import { Canceled, Refusal } from "./refusals.ts";
import { isLoopback } from "./server-address.ts";
import type { UriAnswers } from "./uri-answers.ts";

const WAIT_MS = 5 * 60_000;

/** The editors whose links the server knows as addresses of this extension. */
const SCHEMES = new Set(["vscode", "vscode-insiders", "vscodium", "cursor", "windsurf"]);
const EXTENSION_ID = "pensyve.pensyve";

/** What of the editor a sign-in through the browser needs. */
export type Editor = {
  /** The scheme of links that open the editor. */
  uriScheme: string;
  /** Whether it is a program on the person's computer, for which that scheme is registered, and no web page. */
  isDesktop: boolean;
  /** Opens the person's browser. @returns false when they did not want it */
  openBrowser(url: string): Promise<boolean>;
  /** The address by which the person's browser reaches a port that listens here: the same, or the near end of a tunnel. */
  externalAddress(url: string): Promise<string>;
  /** Shows that the browser is waited for, until `settled`. */
  showWaiting(settled: Promise<unknown>, help: WaitingHelp): void;
};

export type WaitingHelp = {
  cancel(): void;
  /** The page to open by hand, where the editor would open it in another place. */
  address: string | undefined;
  /** Takes the address of the page at which a browser on another computer ended, since that computer's port is another. */
  paste: ((address: string) => void) | undefined;
};

export type BrowserQuestion = { state: string; urlFor: (redirectUri: string) => string };
export type BrowserAnswer = { redirectUri: string; address: URL };

/**
 * Sends the person's browser to a page and waits for the address that it comes back to: by a link of the editor where that scheme is
 * the editor's own, else by a port on this computer (RFC 8252 sections 7.1 and 7.3).
 * @throws Canceled when the person stops waiting; Refusal after five minutes
 */
export async function askBrowser(
  editor: Editor,
  answers: UriAnswers,
  question: BrowserQuestion,
): Promise<BrowserAnswer> {
  const isOwnScheme = editor.isDesktop && SCHEMES.has(editor.uriScheme);
  const way = isOwnScheme ? linkOf(editor, answers, question.state) : await portOf(editor, question.state);
  const stopped = Promise.withResolvers<never>();
  const pasted = Promise.withResolvers<URL>();
  const tooLate = () =>
    stopped.reject(new Refusal("The browser did not answer in five minutes. Sign in again.", "sign_in"));
  const timer = setTimeout(tooLate, WAIT_MS);
  const settled = Promise.race([way.answer, pasted.promise, stopped.promise]);
  // What comes after the first is nobody's business anymore.
  stopped.promise.catch(() => undefined);
  try {
    const url = question.urlFor(way.redirectUri);
    // Web editors send addresses of this computer through a proxy, under whose name the server does not answer.
    const isOpenedAsItIs = new URL(await editor.externalAddress(url)).origin === new URL(url).origin;
    editor.showWaiting(
      settled.catch(() => undefined),
      {
        cancel: () => stopped.reject(new Canceled()),
        address: isOpenedAsItIs ? undefined : url,
        paste: way.mayNeedPaste ? (address) => acceptPasted(address, pasted.resolve) : undefined,
      },
    );
    if (isOpenedAsItIs && !(await editor.openBrowser(url))) throw new Canceled();
    return { redirectUri: way.redirectUri, address: await settled };
  } finally {
    clearTimeout(timer);
    way.close();
  }
}

type Way = { redirectUri: string; answer: Promise<URL>; mayNeedPaste: boolean; close(): void };

/** Not what `asExternalUri` makes of it: that adds the window's number, and servers compare redirect URIs exactly. */
function linkOf({ uriScheme }: Editor, answers: UriAnswers, state: string): Way {
  const { answer, close } = answers.expect(state);
  return { redirectUri: `${uriScheme}://${EXTENSION_ID}/callback`, answer, mayNeedPaste: false, close };
}

/** Behind a proxy the outer address is none that the server could know; then the port's own is right, if the browser is here. */
async function portOf(editor: Editor, state: string): Promise<Way> {
  const listener = await listenOnLoopback(state);
  try {
    const outer = new URL(await editor.externalAddress(listener.url));
    const isReached = outer.protocol === "http:" && isLoopback(outer) && outer.pathname === "/callback";
    const redirectUri = isReached ? `${outer.origin}/callback` : listener.url;
    return { ...listener, redirectUri, mayNeedPaste: !editor.isDesktop || !isReached };
  } catch (error) {
    listener.close();
    throw error;
  }
}

function acceptPasted(address: string, resolve: (answer: URL) => void): void {
  if (URL.canParse(address.trim())) resolve(new URL(address.trim()));
}
