import type { Metadata } from "next";
import { headers } from "next/headers";
import { ErrorPage } from "#components/shell/error-page.tsx";
import { env } from "#lib/env.ts";

export const metadata: Metadata = { title: "Nothing here" };

export default async function NotFound() {
  const requestId = (await headers()).get("x-request-id");
  return (
    <ErrorPage
      host={new URL(env().publicUrl).host}
      status="404"
      requestId={requestId}
      title="Nothing here"
      words="It does not exist, or is not yours."
    />
  );
}
