import { headers } from "next/headers";
import { ErrorWords } from "#components/shell/error-words.tsx";

/** Within the shell: somebody is signed in, and the other pages are one click away. */
export default async function NotFound() {
  const requestId = (await headers()).get("x-request-id");
  return (
    <ErrorWords status="404" requestId={requestId} title="Nothing here" words="It does not exist, or is not yours." />
  );
}
