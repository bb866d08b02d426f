import { AppName } from "#components/consent/app-name.tsx";
import { ConsentButtons } from "#components/consent/consent-buttons.tsx";
import { ConsentScope } from "#components/consent/consent-scope.tsx";
import { TrustTag } from "#components/consent/trust-tag.tsx";
import { DeviceNote } from "#components/device/device-note.tsx";
import { DeviceTitle } from "#components/device/device-title.tsx";
import type { PendingDevice } from "#lib/oauth/device-approval.ts";

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
      <div className="small muted stack tight">
        <p>
          Access lasts until you withdraw it in <a href="/apps">Connected apps</a>; the app renews it in the background,{" "}
          {renewDays} days at most.
        </p>
        <p>This request ends at {endsAtWords}.</p>
      </div>
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
      <div>
        <dt>App</dt>
        <dd>
          <b>
            <AppName client={client} />
          </b>
          {client.isSelfNamed && ", as it calls itself"} <TrustTag trust={client.trust} host={client.host} />
        </dd>
      </div>
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
      <div>
        <dt>For</dt>
        <dd>
          <code>{target}</code>
        </dd>
      </div>
    </dl>
  );
}
