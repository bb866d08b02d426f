"use client";

import { useEffect, useState } from "react";
import { type Answer, ask } from "#components/ui/answer.ts";
import type { EarlierRequest } from "#lib/connect/find-first-request.ts";
import type { Watched } from "./use-first-request.ts";

export type FindEarlierRequest = (input: unknown) => Promise<Answer<EarlierRequest | undefined>>;

/** Asks once whether the client was here before. Undefined if not, until the answer is there, and without one. */
export function useEarlierRequest(
  find: FindEarlierRequest,
  { client, method, since, keyId }: Watched,
): EarlierRequest | undefined {
  const [earlier, setEarlier] = useState<EarlierRequest>();
  const sinceMs = since.getTime();

  useEffect(() => {
    setEarlier(undefined);
    let isOver = false;
    async function look() {
      const answer = await ask(() => find({ client, method, since: new Date(sinceMs), keyId }));
      if (!isOver && answer.ok) setEarlier(answer.data);
    }
    void look();
    return () => {
      isOver = true;
    };
  }, [find, client, method, sinceMs, keyId]);

  return earlier;
}
