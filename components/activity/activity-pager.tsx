import Link from "next/link";
import { Button } from "#components/ui/button.tsx";

/** Newer and older pages of a list by time; at an end the button stays and says why. */
export function ActivityPager({
  count,
  newerThan,
  olderThan,
}: {
  count: number;
  newerThan: string | undefined;
  olderThan: string | undefined;
}) {
  return (
    <div className="foot">
      <span>{count === 1 ? "1 row" : `${count} rows`}</span>
      <nav className="row tight" aria-label="Pages">
        <PageLink label="Newer" end="these are the newest" href={newerThan && `/activity?after=${newerThan}`} />
        <PageLink label="Older" end="these are the oldest" href={olderThan && `/activity?before=${olderThan}`} />
      </nav>
    </div>
  );
}

function PageLink({ label, end, href }: { label: string; end: string; href: string | undefined }) {
  if (href === undefined) {
    return (
      <Button size="small" aria-disabled="true" aria-label={`${label}: ${end}`}>
        {label}
      </Button>
    );
  }
  return (
    <Button size="small" asChild>
      <Link href={href}>{label}</Link>
    </Button>
  );
}
