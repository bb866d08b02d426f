import { ConsentButtons } from "#components/consent/consent-buttons.tsx";
import { ConsentEnds } from "#components/consent/consent-ends.tsx";
import { consentHeading } from "#components/consent/consent-heading.ts";
import { ConsentNotes } from "#components/consent/consent-notes.tsx";
import { ConsentRows, type ConsentRowsProps } from "#components/consent/consent-rows.tsx";
import { ConsentScope } from "#components/consent/consent-scope.tsx";
import { SignedInAs } from "#components/consent/signed-in-as.tsx";
import { StepUpScope } from "#components/consent/step-up-scope.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { StepUp } from "#lib/oauth/consent/step-up.ts";

export type Consent = ConsentRowsProps & {
  uid: string;
  scope: string;
  /** When it asks for more than it has. */
  stepUp: StepUp | undefined;
  email: string;
  /** Belongs to this request and this session. */
  token: string;
  endsAtWords: string;
  /** How long the app can renew its access at most. */
  renewDays: number;
};

/** The question whether an app may use one's memories. A plain form: it works before scripts load, and the browser follows the answer. */
export function ConsentForm({ consent }: { consent: Consent }) {
  const { uid, client, scope, stepUp, email, token, endsAtWords, renewDays } = consent;
  return (
    <div className="stack loose">
      <div>
        <SignedInAs uid={uid} email={email} />
        <ConsentHeading consent={consent} />
      </div>
      <ConsentNotes client={client} />
      <ConsentRows {...consent} />
      <form method="post" action={`/consent/${uid}/answer`} className="stack loose">
        <input type="hidden" name="token" value={token} />
        {stepUp === undefined ? (
          <ConsentScope client={client} asked={scope} />
        ) : (
          <StepUpScope client={client} asked={scope} stepUp={stepUp} />
        )}
        {client.redirectKind === "loopback" && (
          <div className="small stack tight">
            <p>Any program on this computer can ask in this name. Allow only what you just started.</p>
            <p className="muted">
              On another machine? If the page after Allow does not load, copy its address into the program.
            </p>
          </div>
        )}
        <ConsentButtons />
      </form>
      <ConsentEnds renewDays={renewDays} endsAtWords={endsAtWords} />
    </div>
  );
}

/** Takes the focus, so that no button does. */
function ConsentHeading({ consent }: { consent: Consent }) {
  const { name } = consent.client;
  const heading = consentHeading(consent);
  const at = heading.indexOf(name);
  return (
    // biome-ignore lint/a11y/noAutofocus: the heading is where reading starts, and Allow must never be
    <h1 tabIndex={-1} autoFocus>
      {at < 0 ? (
        heading
      ) : (
        <>
          {heading.slice(0, at)}
          <ForeignText>{name}</ForeignText>
          {heading.slice(at + name.length)}
        </>
      )}
    </h1>
  );
}
