import type { Metadata } from "next";
import { readerTime } from "#app/reader-time.ts";
import { ActivityPager } from "#components/activity/activity-pager.tsx";
import { ActivityTable } from "#components/activity/activity-table.tsx";
import { PageTitle } from "#components/shell/page-title.tsx";
import { listAudit } from "#lib/audit/list-audit.ts";
import { activityPageSchema } from "#lib/audit/schemas.ts";
import { requireUser } from "#lib/session/require-user.ts";

export const metadata: Metadata = { title: "Activity" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ActivityPage({ searchParams }: Props) {
  const { actor } = await requireUser();
  const asked = activityPageSchema.safeParse(await searchParams);
  const [page, { now, zone }] = await Promise.all([listAudit(actor, asked.data ?? {}), readerTime()]);
  return (
    <>
      <div className="head">
        <div>
          <PageTitle>Activity</PageTitle>
          <p>
            Every act that changed keys, <span className="nowrap">sign-in</span> or settings. Nobody can edit a row.
          </p>
        </div>
      </div>
      {page.rows.length === 0 ? (
        <div className="empty">
          <h2>Nothing here yet</h2>
        </div>
      ) : (
        <>
          <ActivityTable rows={page.rows} now={now} zone={zone} />
          <ActivityPager count={page.rows.length} newerThan={page.newerThan} olderThan={page.olderThan} />
        </>
      )}
    </>
  );
}
