import type { Metadata } from "next";
import { headers } from "next/headers";
import Link from "next/link";
import { ErrorPage } from "#components/shell/error-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { env } from "#lib/env.ts";
import { cleanText } from "#lib/foreign-text.ts";
import { BACK_HEADER, CONSENT_ERRORS, consentError, ERROR_HEADER } from "#lib/oauth/consent/consent-errors.ts";
import { signInPath } from "#lib/session/return-to.ts";

type Params = Readonly<Record<"kind" | "uid" | "seconds", string | string[] | undefined>>;
type Props = { searchParams: Promise<Params> };

/** Those that say what is wrong in the words of the protocol, or of which document they are. */
const DESCRIBED = new Set(["invalid", "document-missing", "document-refused", "document-invalid"]);

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  return { title: CONSENT_ERRORS[consentError((await searchParams).kind)].title };
}

/** Why an authorization does not go on. Its status is set in front of Next, by lib/oauth/consent/consent-pages.ts. */
export default async function ConsentErrorPage({ searchParams }: Props) {
  const { kind, uid, seconds } = await searchParams;
  const error = consentError(kind);
  const { status, title, words } = CONSENT_ERRORS[error];
  const all = await headers();
  const backTo = error === "stranger" ? website(all.get(BACK_HEADER)) : undefined;
  const isSignedOut = error === "signed-out" && typeof uid === "string";
  return (
    <ErrorPage
      host={new URL(env().publicUrl).host}
      status={String(status)}
      requestId={all.get("x-request-id")}
      title={title}
      way={{ href: "/connect", label: "How to connect a client" }}
      words={[
        DESCRIBED.has(error) && description(all),
        words,
        error === "slowed" && `Try again in ${seconds ?? 60} s.`,
        backTo && `Go on only if you came from ${backTo.host} and know it.`,
      ]
        .filter(Boolean)
        .join(" ")}
      acts={
        backTo ? (
          <Button asChild>
            <a href={backTo.href} rel="noreferrer">
              Go back to {backTo.host}
            </a>
          </Button>
        ) : (
          isSignedOut && (
            <Button asChild>
              <Link prefetch={false} href={signInPath(`/consent/${uid}`)}>
                Sign in and go on
              </Link>
            </Button>
          )
        )
      }
    />
  );
}

/** The address that the server in front has given; no other kind of address is linked to. */
function website(header: string | null): URL | undefined {
  const address = decodeURIComponent(header ?? "");
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === "https:" ? url : undefined;
}

/** The protocol's own words for what is wrong, as a sentence. */
function description(all: Headers): string {
  const given = cleanText(decodeURIComponent(all.get(ERROR_HEADER) ?? ""), 200);
  return given && `${given.charAt(0).toUpperCase()}${given.slice(1).replace(/[.\s]+$/, "")}.`;
}
