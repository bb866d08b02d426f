import type { Metadata } from "next";
import Link from "next/link";
import { readerTime } from "#app/reader-time.ts";
import { GraceBanner } from "#components/keys/grace-banner.tsx";
import { KeyDialogs } from "#components/keys/key-dialogs.tsx";
import { KeysEmpty } from "#components/keys/keys-empty.tsx";
import { KeysFilter } from "#components/keys/keys-filter.tsx";
import { KeysFoot } from "#components/keys/keys-foot.tsx";
import { KeysShortcuts } from "#components/keys/keys-shortcuts.tsx";
import { KeysTable } from "#components/keys/keys-table.tsx";
import { NewKeyButton } from "#components/keys/new-key-button.tsx";
import { PageTitle } from "#components/shell/page-title.tsx";
import { Button } from "#components/ui/button.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";
import { env } from "#lib/env.ts";
import { endingGrace } from "#lib/keys/ending-grace.ts";
import { listKeys } from "#lib/keys/list-keys.ts";
import { requireUser } from "#lib/session/require-user.ts";
import { KEY_ACTIONS } from "./key-actions.ts";
import { readSearchParams, type SearchParams } from "./search-params.ts";

export const metadata: Metadata = { title: "API keys" };

export default async function Page({ searchParams }: { searchParams: SearchParams }) {
  const { actor } = await requireUser();
  const { now, zone } = await readerTime();
  const input = await readSearchParams(searchParams);
  const [list, ending] = await Promise.all([listKeys(actor, input, now), endingGrace(actor, now)]);
  const isEmpty = list.counts.all === 0 && input.query === "";
  const total = { all: list.counts.all, in_use: list.counts.inUse, ended: list.counts.ended }[input.filter];
  const known = ending && !list.keys.some(({ id }) => id === ending.key.id) ? [...list.keys, ending.key] : list.keys;

  return (
    <ClockProvider now={now} zone={zone}>
      <KeyDialogs keys={known} actions={KEY_ACTIONS} apiUrl={env().apiUrl} mcpUrl={env().mcpUrl}>
        <div className="head">
          <div>
            <PageTitle>API keys</PageTitle>
            <p>
              A key lets an agent, a script or an SDK use your memories. It is shown once; only its fingerprint is kept.
            </p>
          </div>
          {!isEmpty && <NewKeyButton />}
        </div>
        {isEmpty ? (
          <KeysEmpty />
        ) : (
          <>
            {ending !== undefined && <GraceBanner keyView={ending.key} clients={ending.clients} />}
            <KeysFilter input={input} counts={list.counts} />
            {list.keys.length > 0 && <KeysTable keys={list.keys} input={input} />}
            {list.keys.length > 0 && <KeysFoot {...list} input={input} shown={list.keys.length} total={total} />}
            {list.keys.length === 0 && (
              <div className="nothing">
                <p>Nothing matches</p>
                <Button asChild>
                  <Link prefetch={false} href="/keys">
                    Clear filters
                  </Link>
                </Button>
              </div>
            )}
          </>
        )}
        <KeysShortcuts keys={list.keys} />
      </KeyDialogs>
    </ClockProvider>
  );
}
