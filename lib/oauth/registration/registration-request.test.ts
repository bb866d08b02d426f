import fc from "fast-check";
import { expect, test } from "vitest";
import { isSharedClientId, registeredClientId, registrationRequest } from "./registration-request.ts";

const uris = fc.uniqueArray(fc.webUrl(), { maxLength: 5 });
const publicRequest = fc.record({
  client_name: fc.string({ maxLength: 40 }),
  redirect_uris: uris,
  grant_types: fc.shuffledSubarray(["authorization_code", "refresh_token"]),
  token_endpoint_auth_method: fc.constant("none"),
});

test("REG-08: the id of a public client depends on what it registers, in whatever order, and on nothing else", () => {
  fc.assert(
    fc.property(publicRequest, fc.string(), fc.string(), (request, scope, noise) => {
      const id = registeredClientId(registrationRequest(request));
      expect(isSharedClientId(id)).toBe(true);
      const reordered = Object.fromEntries(Object.entries(request).reverse());
      const same = {
        ...reordered,
        redirect_uris: request.redirect_uris.toReversed(),
        grant_types: request.grant_types.toReversed(),
        scope,
        made_up: noise,
        client_id: noise,
      };
      expect(registeredClientId(registrationRequest(same))).toBe(id);
    }),
  );
});

test("REG-08 attack 20: another name, redirect URI or method is another client", () => {
  fc.assert(
    fc.property(publicRequest, fc.webUrl(), (request, uri) => {
      fc.pre(!request.redirect_uris.includes(uri));
      const id = registeredClientId(registrationRequest(request));
      const others = [
        { ...request, redirect_uris: [...request.redirect_uris, uri] },
        { ...request, redirect_uris: [uri] },
        { ...request, client_name: `${request.client_name}x` },
        { ...request, token_endpoint_auth_method: "client_secret_basic" },
      ];
      for (const other of others) expect(registeredClientId(registrationRequest(other))).not.toBe(id);
    }),
  );
});

test("REG-14 PRE-02 attack 19: whatever is sent, ids are this server's, and confidential clients never share one", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
      const known = registrationRequest(body);
      const [one, two] = [registeredClientId(known), registeredClientId(known)];
      expect(one).toMatch(/^psc_[\w-]+$/);
      expect(one === two).toBe(known.token_endpoint_auth_method === "none");
      for (const name of ["client_id", "client_secret", "skip_consent", "is_resource_server", "kind"]) {
        expect(known).not.toHaveProperty(name);
      }
    }),
  );
});
