import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { readerTime } from "#app/reader-time.ts";
import { CodeForm } from "#components/device/code-form.tsx";
import { DeviceConfirm } from "#components/device/device-confirm.tsx";
import { DeviceDone } from "#components/device/device-done.tsx";
import { deviceHeading } from "#components/device/device-heading.ts";
import { FocusPage } from "#components/shell/focus-page.tsx";
import { env } from "#lib/env.ts";
import { errorAnswer } from "#lib/errors.ts";
import { deviceState } from "#lib/oauth/device/device-approval.ts";
import { groupedCode, isWholeCode, plainCode } from "#lib/oauth/device/device-codes.ts";
import { requireUser } from "#lib/session/require-user.ts";
import { agoWords, clockWords } from "#lib/time-words.ts";
import { enterCodeAction } from "./actions.ts";

type Props = { searchParams: Promise<{ user_code?: string | string[]; entry?: string | string[] }> };

/** Which step the address stands for, and of which code. A code alone is only typed in: nothing follows from it (standards DEV-04). */
const step = cache(async (code: string, token: string | undefined) => {
  if (env().deviceFlow === "off") notFound();
  const signedIn = await requireUser();
  const found = token === undefined ? undefined : await deviceState(signedIn.actor, { code, token });
  return { ...signedIn, found };
});

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { found } = await step(...(await addressed(searchParams)));
  return { title: deviceHeading(found) };
}

/** Connects a device that has no browser (RFC 8628): its code first, then the question, then what came of it. */
export default async function DevicePage({ searchParams }: Props) {
  const [code, token] = await addressed(searchParams);
  const { user, found } = await step(code, token);
  const { publicUrl, mcpUrl, refreshTokenSeconds } = env();
  const { now, zone } = await readerTime();
  const heading = deviceHeading(found);
  const isOpen = found?.state === "open";
  const endsAt = isOpen ? clockWords(found.device.endsAt, zone) : "";
  return (
    <FocusPage host={new URL(publicUrl).host} isTop={isOpen}>
      {isOpen && token !== undefined && (
        <DeviceConfirm
          heading={heading}
          device={found.device}
          token={token}
          email={user.email}
          target={`${new URL(mcpUrl).host}/mcp`}
          askedWords={agoWords(found.device.askedAt, now, zone)}
          endsAtWords={zone === "UTC" ? `${endsAt} UTC` : endsAt}
          renewDays={Math.floor((refreshTokenSeconds * 3) / 86_400)}
        />
      )}
      {(found?.state === "allowed" || found?.state === "denied") && (
        <DeviceDone heading={heading} isAllowed={found.state === "allowed"} />
      )}
      {(found === undefined || found.state === "gone") && (
        <CodeForm
          action={enterCodeAction}
          heading={heading}
          code={isWholeCode(code) ? groupedCode(plainCode(code)) : ""}
          error={found && errorAnswer("device_code_wrong").message}
        />
      )}
    </FocusPage>
  );
}

async function addressed(searchParams: Props["searchParams"]): Promise<[string, string | undefined]> {
  const { user_code: code, entry } = await searchParams;
  return [typeof code === "string" ? code : "", typeof entry === "string" ? entry : undefined];
}
