import type { Metadata } from "next";
import { z } from "zod";
import { readerTime } from "#app/reader-time.ts";
import { AppDialogs } from "#components/apps/app-dialogs.tsx";
import { AppsEmpty } from "#components/apps/apps-empty.tsx";
import { AppsFoot } from "#components/apps/apps-foot.tsx";
import { AppsShortcuts } from "#components/apps/apps-shortcuts.tsx";
import { AppsTable } from "#components/apps/apps-table.tsx";
import { WithdrawAllButton } from "#components/apps/withdraw-button.tsx";
import { WithdrawnTable } from "#components/apps/withdrawn-table.tsx";
import { PageTitle } from "#components/shell/page-title.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";
import { groupGrants } from "#lib/grants/group-grants.ts";
import { listGrants } from "#lib/grants/list-grants.ts";
import { listWithdrawn } from "#lib/grants/list-withdrawn.ts";
import { requireUser } from "#lib/session/require-user.ts";
import { withdrawAllAction, withdrawGrantAction, withdrawProductAction } from "./actions.ts";

export const metadata: Metadata = { title: "Connected apps" };

const PRODUCTS_PER_PAGE = 50;
const pageSchema = z.coerce.number().int().min(1).catch(1);
const ACTIONS = { one: withdrawGrantAction, product: withdrawProductAction, all: withdrawAllAction };

export default async function Page({ searchParams }: { searchParams: Promise<{ page?: string | string[] }> }) {
  const { actor } = await requireUser();
  const { now, zone } = await readerTime();
  const [grants, withdrawn] = await Promise.all([listGrants(actor, now), listWithdrawn(actor, now)]);
  const products = groupGrants(grants);
  const pages = Math.max(1, Math.ceil(products.length / PRODUCTS_PER_PAGE));
  const page = Math.min(pageSchema.parse((await searchParams).page), pages);
  const shown = products.slice((page - 1) * PRODUCTS_PER_PAGE, page * PRODUCTS_PER_PAGE);

  return (
    <ClockProvider now={now} zone={zone}>
      <AppDialogs products={products} actions={ACTIONS}>
        <div className="head">
          <div>
            <PageTitle>Connected apps</PageTitle>
            <p>
              Apps you let use your memories through your browser. Withdrawing ends their access on every gateway before
              this page answers.
            </p>
          </div>
          {products.length > 0 && <WithdrawAllButton />}
        </div>
        {products.length === 0 ? <AppsEmpty /> : <AppsTable products={shown} />}
        {products.length > 0 && (
          <AppsFoot products={products.length} installations={grants.length} page={page} pages={pages} />
        )}
        {withdrawn.length > 0 && <WithdrawnTable withdrawn={withdrawn} />}
        <AppsShortcuts />
      </AppDialogs>
    </ClockProvider>
  );
}
