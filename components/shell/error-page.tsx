import { ErrorWords, type ErrorWordsProps } from "./error-words.tsx";
import { FocusPage } from "./focus-page.tsx";

/** An error as a page of its own. */
export function ErrorPage({ host, ...words }: ErrorWordsProps & { host: string }) {
  return (
    <FocusPage host={host}>
      <ErrorWords {...words} />
    </FocusPage>
  );
}
