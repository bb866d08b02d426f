"use client";

import { useEffect } from "react";
import { useAnnounce } from "#components/ui/announcer.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { countWords } from "#lib/number-words.ts";
import { STRIP_OPERATIONS, scopeAllows } from "#lib/scopes.ts";
import { clockWords, dayAndClockWords } from "#lib/time-words.ts";
import { type FindEarlierRequest, useEarlierRequest } from "./use-earlier-request.ts";
import { type FindFirstRequest, useFirstRequest, type Watched } from "./use-first-request.ts";

/** Waits for the client that is being connected, and says who came, when, and how much it may use; until then, if it was here before. */
export function FirstUse({
  label,
  mcpUrl,
  watched,
  find,
  findEarlier,
}: {
  label: string;
  mcpUrl: string;
  watched: Watched;
  find: FindFirstRequest;
  findEarlier: FindEarlierRequest;
}) {
  const { found, isLong, isDeaf } = useFirstRequest(find, watched);
  const earlier = useEarlierRequest(findEarlier, watched);
  const { now, zone } = useClock();
  const announce = useAnnounce();
  const isConnected = found !== undefined;
  useEffect(() => {
    if (isConnected) announce("Connected.");
  }, [isConnected, announce]);

  if (found !== undefined) {
    const tools = STRIP_OPERATIONS.filter(({ access }) => scopeAllows(found.scope, access)).length;
    return (
      <p className="live on">
        <span className="beat" aria-hidden="true" />
        <span>
          <b>Connected.</b> <ForeignText max={40}>{found.client}</ForeignText> made its first request at{" "}
          {clockWords(found.at, zone)}. It can use {countWords(tools, "tool")}.
        </span>
      </p>
    );
  }
  if (isDeaf) return <p className="live deaf">Not watching. Make a request, then reload.</p>;
  return (
    <p className="live">
      <span className="beat" aria-hidden="true" />
      <span className="any">
        {isLong
          ? `Nothing yet. Save the file, restart ${label}, and check that the address is ${mcpUrl}.`
          : `Waiting for the first request from ${label}${earlier === undefined ? "" : "."}`}
        {earlier !== undefined && (
          <>
            {" "}
            <ForeignText max={40}>{earlier.client}</ForeignText> was here before, last on{" "}
            {dayAndClockWords(earlier.at, now, zone)}.
          </>
        )}
      </span>
    </p>
  );
}
