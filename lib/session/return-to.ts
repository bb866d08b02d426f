/** Where people land when nothing else is asked for. */
export const HOME_PATH = "/keys";
const PATH_MAX = 2_000;
/** Any origin will do: it only shows whether a browser would leave it. */
const ORIGIN = "http://here.invalid";

/**
 * The page to return to after sign-in: a path of this origin, else {@link HOME_PATH} (SIG-13, RFC 9700 section 4.11).
 * Browsers read `\` as `/` and drop tabs and line breaks, so `/\evil.example` and `/<tab>/evil.example` leave; these are refused
 * before parsing, and the parsed URL must still be here.
 */
export function safeReturnTo(value: string | null | undefined): string {
  if (!value || value.length > PATH_MAX || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(value)) return HOME_PATH;
  if (!URL.canParse(value, ORIGIN)) return HOME_PATH;
  const url = new URL(value, ORIGIN);
  const path = `${url.pathname}${url.search}${url.hash}`;
  // Dot segments can leave a second slash in front: `/x/..//evil.example`.
  const isHere = url.origin === ORIGIN && !path.startsWith("//");
  const isLoop = url.pathname === "/sign-in" || url.pathname.startsWith("/api/");
  return isHere && !isLoop ? path : HOME_PATH;
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string | null | undefined): string {
  const returnTo = safeReturnTo(path);
  return returnTo === HOME_PATH ? "/sign-in" : `/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
}
