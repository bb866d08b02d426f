import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { KoaContextWithOIDC } from "oidc-provider";
import { expect, test } from "vitest";
import { renderOAuthError, takeNotedError } from "./error-page.ts";

/** What is noted for a browser whose request had this client id. */
function noted(clientId: string, error: string, description: string, status = 400) {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  const query = { client_id: clientId };
  const ctx = { accepts: () => "html", path: "/oauth/authorize", query, res, status };
  renderOAuthError(ctx as unknown as KoaContextWithOIDC, { error, error_description: description });
  return takeNotedError(res);
}

const DOCUMENT = "https://app.example/client.json";
const FAILED = "client_id metadata document fetch failed";

test("an app whose document does not arrive is told apart from one whose registration is gone, and its host is named", () => {
  expect(noted(DOCUMENT, "invalid_client", FAILED)).toMatchObject({
    kind: "document-missing",
    description: "The document at app.example, which says who the app is, did not arrive",
  });
  expect(noted("psc_gone", "invalid_client", "client is invalid")?.kind).toBe("unknown-client");
  expect(noted("https://", "invalid_client", "client is invalid")?.kind).toBe("unknown-client");
});

test("a document that the operator does not allow, or that is wrong, is said to be so", () => {
  const refused = noted(DOCUMENT, "invalid_client", "client_id metadata document fetch not allowed");
  expect(refused).toMatchObject({ kind: "document-refused", description: expect.stringContaining("app.example") });
  // With CIMD=off the library looks for a registration of that name.
  expect(noted(DOCUMENT, "invalid_client", "client is invalid")?.kind).toBe("document-refused");
  const words = "client_id metadata document is not a JSON object";
  expect(noted(DOCUMENT, "invalid_client_metadata", words)).toMatchObject({
    kind: "document-invalid",
    description: `At app.example: ${words}`,
  });
});

test("too many unknown documents are a matter of waiting; what failed here is no fault of the app", () => {
  expect(noted(DOCUMENT, "temporarily_unavailable", "too many", 429)?.kind).toBe("slowed");
  expect(noted(DOCUMENT, "server_error", "oops", 500)?.kind).toBe("failed");
  expect(noted(DOCUMENT, "invalid_request", "redirect_uri is missing")?.kind).toBe("redirect");
});
