import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import type { Answer, Operation, ProtectedOperation } from "#lib/gateway/operation.ts";
import { scopeAllows } from "#lib/scopes.ts";
import { accessTokenOutput, apiKeyOutput, credentialFacts, limitFacts, limitsOutput } from "./credential-facts.ts";

const may = { operations: z.array(z.string()).describe("What it may call."), limits: limitsOutput };

/**
 * Tells the holder of a credential what it is and which operations it may call: on REST, "listed" means named here.
 * The answer is a pure function of the principal, which is frozen and replaced with every change, so it is made once for each.
 */
export function meOperation(registry: () => readonly Operation[]): ProtectedOperation {
  const answers = new WeakMap<Principal, Answer>();
  return {
    name: "me",
    summary: "See what the presented credential is and may do",
    access: "any",
    routes: [{ method: "GET", path: "/v1/me" }],
    status: 200,
    input: z.object({}),
    output: z.union([apiKeyOutput.extend(may), accessTokenOutput.extend(may)]),
    tool: undefined,
    answer: (principal) => {
      const known = answers.get(principal);
      if (known) return known;
      const operations = registry().filter(({ access }) => scopeAllows(principal.scope, access));
      const body = {
        ...credentialFacts(principal),
        operations: operations.map(({ name }) => name),
        limits: limitFacts(),
      };
      const answer = { status: 200, json: JSON.stringify(body) };
      answers.set(principal, answer);
      return answer;
    },
  };
}
