import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { countWords } from "#lib/number-words.ts";

/** How many there are, and the way to the other pages of the list. */
export function AppsFoot({
  products,
  installations,
  page,
  pages,
}: {
  products: number;
  installations: number;
  page: number;
  pages: number;
}) {
  return (
    <div className="foot">
      <span>
        {countWords(products, "app")}, {countWords(installations, "installation")}
      </span>
      {pages > 1 && (
        <nav className="row tight" aria-label="Pages">
          {page > 1 && <PageLink page={page - 1}>Previous</PageLink>}
          {page < pages && <PageLink page={page + 1}>Next</PageLink>}
        </nav>
      )}
    </div>
  );
}

function PageLink({ page, children }: { page: number; children: string }) {
  return (
    <Button asChild variant="quiet" size="small">
      <Link prefetch={false} href={page === 1 ? "/apps" : `/apps?page=${page}`}>
        {children}
      </Link>
    </Button>
  );
}
