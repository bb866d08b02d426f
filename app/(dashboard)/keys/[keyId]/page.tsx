import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { cache } from "react";
import { readerTime } from "#app/reader-time.ts";
import { ClientsSeen } from "#components/keys/clients-seen.tsx";
import { HandOverPlate } from "#components/keys/hand-over-plate.tsx";
import { KeyDialogs } from "#components/keys/key-dialogs.tsx";
import { KeyFacts } from "#components/keys/key-facts.tsx";
import { KeyHeadActs } from "#components/keys/key-head-acts.tsx";
import { KeyHistory } from "#components/keys/key-history.tsx";
import { KeyName } from "#components/keys/key-name.tsx";
import { KeyStatus } from "#components/keys/key-status.tsx";
import { ScopeMark } from "#components/keys/scope-strip.tsx";
import { prefixWords } from "#components/keys/status-words.ts";
import { PageTitle } from "#components/shell/page-title.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";
import { env } from "#lib/env.ts";
import { isDomainError } from "#lib/errors.ts";
import { getKey } from "#lib/keys/get-key.ts";
import { keyHistory } from "#lib/keys/key-history.ts";
import { readKeyUse } from "#lib/keys/key-use.ts";
import { requireUser } from "#lib/session/require-user.ts";
import { KEY_ACTIONS } from "../key-actions.ts";

type Props = { params: Promise<{ keyId: string }> };

/** The key of the address, read once per request; not yours is not there. */
const readKey = cache(async (keyId: string) => {
  const { actor } = await requireUser();
  try {
    return { actor, ...(await getKey(actor, keyId)) };
  } catch (error) {
    if (isDomainError(error) && error.status === 404) notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { key } = await readKey((await params).keyId);
  return { title: key.name };
}

export default async function Page({ params }: Props) {
  const { actor, key, predecessor, successor } = await readKey((await params).keyId);
  const { now, zone } = await readerTime();
  const [old, replacement] = successor === undefined ? [predecessor, key] : [key, successor];
  const [use, history, over] = await Promise.all([
    readKeyUse(actor, { keyId: key.id }, now),
    keyHistory(actor, [key.id, ...(predecessor === undefined ? [] : [predecessor.id])]),
    readKeyUse(actor, { keyId: replacement.id }, now),
  ]);
  const keys = [key, predecessor, successor].filter((entry) => entry !== undefined);

  return (
    <ClockProvider now={now} zone={zone}>
      <KeyDialogs keys={keys} actions={KEY_ACTIONS} apiUrl={env().apiUrl} mcpUrl={env().mcpUrl}>
        <Link prefetch={false} className="crumb" href="/keys">
          <ArrowLeft className="icon" aria-hidden="true" />
          API keys
        </Link>
        <div className="head">
          <div>
            <PageTitle>
              <KeyName keyId={key.id} name={key.name} />
            </PageTitle>
            <div className="row wrap meta">
              <code className="muted">{prefixWords(key)}</code>
              <ScopeMark scope={key.scope} />
              <KeyStatus keyView={key} isShort />
            </div>
          </div>
          <KeyHeadActs keyView={key} />
        </div>
        {old !== undefined && (
          <HandOverPlate old={old} replacement={replacement} initial={over} actions={KEY_ACTIONS} />
        )}
        <KeyFacts use={use} />
        <div className="two section">
          <ClientsSeen sightings={use.sightings} />
          <KeyHistory rows={history} />
        </div>
      </KeyDialogs>
    </ClockProvider>
  );
}
