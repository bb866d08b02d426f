import { AskedServer, AskingApp } from "#components/consent/asking-app.tsx";
import { ConsentButtons } from "#components/consent/consent-buttons.tsx";
import { ConsentEnds } from "#components/consent/consent-ends.tsx";
import { ConsentScope } from "#components/consent/consent-scope.tsx";
import { DeviceNote } from "#components/device/device-note.tsx";
import { DeviceTitle } from "#components/device/device-title.tsx";
import type { PendingDevice } from "#lib/oauth/device/device-approval.ts";

type Props = {
  heading: string;
  device: PendingDevice;
  /** Belongs to this code and this session. */
  token: string;
  email: string;
  /** Host and path of the MCP server. */
  target: string;
  askedWords: string;
  endsAtWords: string;
  /** How long the app can renew its access at most. */
  renewDays: number;
};

/** The question whether a device may use one's memories. A plain form: it works before scripts load. */
export function DeviceConfirm({ heading, device, token, email, target, askedWords, endsAtWords, renewDays }: Props) {
  const { code, client, scope } = device;
  return (
    <div className="stack loose">
      <div>
        <form method="post" action="/device/switch" className="small asuser">
          <input type="hidden" name="code" value={code} />
          Signed in as <b>{email}</b> ·{" "}
          <button type="submit" className="link">
            Not you?
          </button>
        </form>
        <DeviceTitle>{heading}</DeviceTitle>
      </div>
      <p>
        Is <span className="code-q">{code}</span> the code on your device?
      </p>
      <DeviceNote client={client} />
      <DeviceRows device={device} target={target} askedWords={askedWords} />
      <form method="post" action="/device/answer" className="stack loose">
        <input type="hidden" name="code" value={code} />
        <input type="hidden" name="token" value={token} />
        <ConsentScope client={client} asked={scope} />
        <ConsentButtons />
      </form>
      <ConsentEnds renewDays={renewDays} endsAtWords={endsAtWords} />
    </div>
  );
}

function DeviceRows({
  device: { client, address },
  target,
  askedWords,
}: Pick<Props, "device" | "target" | "askedWords">) {
  return (
    <dl className="asks rowsheet">
      <AskingApp client={client} />
      <div>
        <dt>Asked from</dt>
        <dd>
          {address !== null && (
            <>
              <code>{address}</code>,{" "}
            </>
          )}
          {askedWords}
        </dd>
      </div>
      <AskedServer target={target} />
    </dl>
  );
}
