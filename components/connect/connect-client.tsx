"use client";

import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { Note } from "#components/ui/note.tsx";
import { CLIENT_IDS, findClient } from "#lib/connect/clients.ts";
import { METHODS, type Method, SAMPLE_KEY, SYSTEMS, type System } from "#lib/connect/snippet.ts";
import { snippetFor } from "#lib/connect/snippet-for.ts";
import { ClientChoice } from "./client-choice.tsx";
import { FirstUse } from "./first-use.tsx";
import { InlineCode } from "./inline-code.tsx";
import { MethodChoice } from "./method-choice.tsx";
import { SetupSteps } from "./setup-steps.tsx";
import { Step } from "./step.tsx";
import { SystemChoice } from "./system-choice.tsx";
import type { FindEarlierRequest } from "./use-earlier-request.ts";
import type { FindFirstRequest } from "./use-first-request.ts";
import { useMadeKey } from "./use-made-key.ts";

const FIRST = "claude-code";

/**
 * Choose a client, a way to sign in and a system; get what to put where, and see the client come. The address holds the choice, so
 * the server renders it and a form can change it; with scripts it changes at once. `system`: what the browser runs on.
 */
export function ConnectClient({
  mcpUrl,
  apiUrl,
  system,
  find,
  findEarlier,
}: {
  /** Address of the MCP server, path included. */
  mcpUrl: string;
  apiUrl: string;
  system: System;
  find: FindFirstRequest;
  findEarlier: FindEarlierRequest;
}) {
  const [choice, setChoice] = useChoice(system);
  const made = useMadeKey();
  const { isReady, form } = useEarlyChoice(setChoice);
  const [since] = useState(useClock().now);
  const { label, formerly } = findClient(choice.client) ?? { label: "", formerly: undefined };
  const input = { client: choice.client, system: choice.os, mcpUrl, apiUrl, key: made?.plaintext };
  const ways = { oauth: snippetFor({ ...input, method: "oauth" }), key: snippetFor({ ...input, method: "key" }) };
  const method = workingMethod(choice.with, ways);
  const snippet = ways[method];
  const marks = [
    { text: mcpUrl },
    { text: apiUrl },
    { text: made?.plaintext ?? SAMPLE_KEY, shown: made?.prefix },
    { text: "${env:PENSYVE_API_KEY}" },
    { text: "${PENSYVE_API_KEY}" },
    { text: "{env:PENSYVE_API_KEY}" },
    { text: "$PENSYVE_API_KEY" },
    { text: "$env:PENSYVE_API_KEY" },
  ];

  return (
    <form ref={form} method="get" action="/connect" onSubmit={(event) => event.preventDefault()}>
      <ClientChoice value={choice.client} onChange={(client) => setChoice({ client })} />
      <div className="connect">
        <div className="stack loose">
          <MethodChoice label={label} ways={ways} value={method} onChange={(value) => setChoice({ with: value })} />
          <SystemChoice value={choice.os} onChange={(os) => setChoice({ os })} />
          {!isReady && (
            <div>
              <Button type="submit">Show it</Button>
            </div>
          )}
        </div>
        <div className="stack">
          <h2 className="h-step">
            <Step number={3}>Put it in place</Step>
          </h2>
          {snippet.kind === "none" ? (
            <Note>{snippet.reason}</Note>
          ) : (
            <>
              <SetupSteps
                label={label}
                snippet={snippet}
                system={choice.os}
                marks={marks}
                keyChoice={method === "key" ? { made } : undefined}
              />
              <FirstUse
                label={label}
                mcpUrl={mcpUrl}
                watched={{ client: choice.client, method, since, keyId: method === "key" ? made?.id : undefined }}
                find={find}
                findEarlier={findEarlier}
              />
              {formerly !== undefined && (
                <p className="small muted any">
                  <InlineCode>{formerly}</InlineCode>
                </p>
              )}
            </>
          )}
        </div>
      </div>
    </form>
  );
}

type Choice = { client: string; with: Method; os: System };

function useChoice(system: System) {
  return useQueryStates(
    {
      client: parseAsStringLiteral(CLIENT_IDS).withDefault(FIRST),
      with: parseAsStringLiteral(METHODS).withDefault("oauth"),
      os: parseAsStringLiteral(SYSTEMS).withDefault(system),
    },
    { history: "push", scroll: false },
  );
}

/** The chosen way; where the client does not have it, the one that it has. */
function workingMethod(chosen: Method, ways: Readonly<Record<Method, { kind: string }>>): Method {
  if (ways[chosen].kind !== "none") return chosen;
  return chosen === "oauth" ? "key" : "oauth";
}

/** Takes over what was chosen before scripts ran. `isReady`: they run, so nothing has to be sent. */
function useEarlyChoice(setChoice: (choice: Partial<Choice>) => void) {
  const form = useRef<HTMLFormElement>(null);
  const [isReady, setIsReady] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when scripts begin to run
  useEffect(() => {
    setIsReady(true);
    if (form.current === null) return;
    const early = new FormData(form.current);
    const client = CLIENT_IDS.find((id) => id === early.get("client"));
    const method = METHODS.find((name) => name === early.get("with"));
    const known = new FormData();
    for (const input of form.current.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
      if (input.defaultChecked) known.set(input.name, input.value);
    }
    const change: Partial<Choice> = {
      ...(client !== undefined && client !== known.get("client") ? { client } : {}),
      ...(method !== undefined && method !== known.get("with") ? { with: method } : {}),
    };
    if (Object.keys(change).length > 0) setChoice(change);
  }, []);
  return { isReady, form };
}
