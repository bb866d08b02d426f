import type { Metadata } from "next";
import { readerTime } from "#app/reader-time.ts";
import { NameForm } from "#components/settings/name-form.tsx";
import { PasswordForm } from "#components/settings/password-form.tsx";
import { SessionTable } from "#components/settings/session-table.tsx";
import { Setting } from "#components/settings/setting.tsx";
import { ShortcutChoice } from "#components/settings/shortcut-choice.tsx";
import { SignOutElsewhere } from "#components/settings/sign-out-elsewhere.tsx";
import { ThemeChoice } from "#components/settings/theme-choice.tsx";
import { PageTitle } from "#components/shell/page-title.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";
import { requireUser } from "#lib/session/require-user.ts";
import { listSessions } from "#lib/sessions/list-sessions.ts";
import { changeNameAction, changePasswordAction, endOtherSessionsAction, endSessionAction } from "./actions.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const { actor, user } = await requireUser();
  const sessions = await listSessions(actor);
  const others = sessions.filter((session) => !session.isCurrent).length;
  return (
    <ClockProvider {...(await readerTime())}>
      <div className="head">
        <div>
          <PageTitle>Settings</PageTitle>
        </div>
      </div>
      <Setting id="profile" title="Profile" words="Only you and administrators see it.">
        <NameForm name={user.name ?? ""} email={user.email} changeName={changeNameAction} />
      </Setting>
      <Setting
        id="sessions"
        title="Sessions"
        words="Browsers that are signed in. Each ends after 7 days without use, 30 days at most."
      >
        <div className="stack">
          <SessionTable sessions={sessions} endSession={endSessionAction} />
          {others > 0 && <SignOutElsewhere others={others} endOtherSessions={endOtherSessionsAction} />}
        </div>
      </Setting>
      <Setting
        id="password"
        title="Password"
        words="Changing it ends all other sessions. Apps and keys stay connected."
      >
        <PasswordForm email={user.email} changePassword={changePasswordAction} />
      </Setting>
      <Setting id="preferences" title="Preferences">
        <div className="stack loose">
          <ThemeChoice />
          <ShortcutChoice />
        </div>
      </Setting>
    </ClockProvider>
  );
}
