import type { Metadata } from "next";
import { headers } from "next/headers";
import { readerTime } from "#app/reader-time.ts";
import { ConnectClient } from "#components/connect/connect-client.tsx";
import { PageTitle } from "#components/shell/page-title.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";
import { systemOf } from "#lib/connect/system-of.ts";
import { env } from "#lib/env.ts";
import { requireUser } from "#lib/session/require-user.ts";
import { findEarlierRequestAction, findFirstRequestAction } from "./actions.ts";

export const metadata: Metadata = { title: "Connect a client" };

export default async function Page() {
  await requireUser();
  const { now, zone } = await readerTime();
  const userAgent = (await headers()).get("user-agent") ?? "";
  const { mcpUrl, apiUrl } = env();

  return (
    <ClockProvider now={now} zone={zone}>
      <div className="head">
        <div>
          <PageTitle>Connect a client</PageTitle>
          <p>Choose what you use. You get the file, its place and the text, with this server’s address filled in.</p>
        </div>
      </div>
      <ConnectClient
        mcpUrl={`${mcpUrl}/mcp`}
        apiUrl={apiUrl}
        system={systemOf(userAgent)}
        find={findFirstRequestAction}
        findEarlier={findEarlierRequestAction}
      />
    </ClockProvider>
  );
}
