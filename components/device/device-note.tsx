import { Note } from "#components/ui/note.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

/** Codes are sent around by those who want others to let them in (RFC 8628 section 5.4). */
export function DeviceNote({ client }: { client?: Pick<ClientFacts, "trust" | "isLookAlike"> }) {
  const isUnverified = client?.trust === "unverified";
  const isLookAlike = client?.isLookAlike === true;
  return (
    <Note tone={isUnverified || isLookAlike ? "warn" : "plain"}>
      {isUnverified && (
        <>
          <b>Nobody has checked who made this app.</b> It chose its own name.{" "}
        </>
      )}
      {isLookAlike && "Its name belongs to another product, or mixes alphabets. "}
      Go on only if you started this on your own device. If somebody sent you the code, close this page.
    </Note>
  );
}
