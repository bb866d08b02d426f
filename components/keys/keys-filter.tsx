"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { debounce, parseAsString, useQueryState } from "nuqs";
import { useEffect, useRef } from "react";
import { useAnnounce } from "#components/ui/announcer.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { KEY_FILTERS, type ListKeysInput } from "#lib/keys/schemas.ts";
import { countWords, numberWords } from "#lib/number-words.ts";
import { listHref } from "./list-href.ts";

const TYPING_MS = 300;
type Counts = { all: number; inUse: number; ended: number };

/** Search and status filter. The address holds both: typing replaces it, a choice adds to the history. */
export function KeysFilter({ input, counts }: { input: ListKeysInput; counts: Counts }) {
  const [query, setQuery] = useQueryState(
    "q",
    parseAsString.withDefault("").withOptions({ shallow: false, history: "replace", clearOnDefault: true }),
  );
  const [, setCursor] = useQueryState("cursor", parseAsString.withOptions({ history: "replace" }));
  useCountAnnounced(input, counts);

  return (
    <div className="bar">
      <label className="sr" htmlFor="search">
        Search keys
      </label>
      <span className="with-icon">
        <Search className="icon" aria-hidden="true" />
        <input
          id="search"
          type="search"
          placeholder="Name or first characters"
          autoComplete="off"
          maxLength={100}
          value={query}
          onChange={(event) => {
            void setCursor(null);
            void setQuery(event.target.value, { limitUrlUpdates: debounce(TYPING_MS) });
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </span>
      <Segments label="Filter by status">
        {KEY_FILTERS.map((filter) => (
          <Link
            prefetch={false}
            key={filter}
            href={listHref({ ...input, query, filter, cursor: undefined })}
            scroll={false}
            aria-current={input.filter === filter ? "true" : undefined}
          >
            {LABELS[filter]} <span className="count">{numberWords(countOf(filter, counts))}</span>
          </Link>
        ))}
      </Segments>
    </div>
  );
}

const LABELS = { all: "All", in_use: "In use", ended: "Ended" } as const;

function countOf(filter: ListKeysInput["filter"], counts: Counts): number {
  return { all: counts.all, in_use: counts.inUse, ended: counts.ended }[filter];
}

function useCountAnnounced(input: ListKeysInput, counts: Counts) {
  const announce = useAnnounce();
  const asked = `${input.query}\n${input.filter}`;
  const before = useRef(asked);
  const words = countWords(countOf(input.filter, counts), "key");
  useEffect(() => {
    if (before.current === asked) return;
    before.current = asked;
    announce(words);
  }, [asked, words, announce]);
}
