import type { IncomingHttpHeaders } from "node:http";
// Next's own check, from inside the package: it runs it too late, and answers 500. A version that moves it fails at start.
import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state.js";

/** What the browser's router says it shows; Next then sends only what differs. */
const ROUTER_STATE_HEADER = "next-router-state-tree";

/** Takes the header away where Next could not read it: the page is then sent whole, which is always right. */
export function dropUnreadableRouterState(headers: IncomingHttpHeaders): void {
  const value = headers[ROUTER_STATE_HEADER];
  try {
    parseAndValidateFlightRouterState(value);
  } catch {
    delete headers[ROUTER_STATE_HEADER];
  }
}

/** Whether the path of a request target can be decoded; Next answers 500 where it cannot. */
export function isReadableTarget(target: string): boolean {
  const [path = ""] = target.split("?", 1);
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
