import { ShieldQuestionMark } from "lucide-react";
import { Note } from "#components/ui/note.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

/** What speaks against believing the app's name. */
export function ConsentNotes({ client }: { client: ClientFacts }) {
  return (
    <>
      {client.trust === "unverified" && (
        <Note tone="warn" icon={ShieldQuestionMark}>
          <b>Nobody has checked who made this app.</b> It chose its own name. Go on only if you started this yourself
          and know the address below.
        </Note>
      )}
      {client.isLookAlike && <Note tone="warn">Its name belongs to another product, or mixes alphabets.</Note>}
    </>
  );
}
