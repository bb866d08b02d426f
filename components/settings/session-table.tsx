import { StatusMark } from "#components/keys/status-mark.tsx";
import { RelativeTime } from "#components/ui/clock.tsx";
import type { ListedSession } from "#lib/sessions/list-sessions.ts";
import { EndSessionButton } from "./end-session-button.tsx";
import type { SettingsActions } from "./settings-actions.ts";

/** Who is signed in where; every browser but this one can be signed out. */
export function SessionTable({
  sessions,
  endSession,
}: {
  sessions: readonly ListedSession[];
  endSession: SettingsActions["endSession"];
}) {
  return (
    <table role="table">
      <caption className="sr">Sessions</caption>
      <thead className="sr">
        <tr>
          <th scope="col">Session</th>
          <th scope="col">Last used</th>
          <th scope="col">Actions</th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.id}>
            <th scope="row">
              {session.browser}
              <span className="sub">
                {session.address !== null && `${session.address}, `}signed in <RelativeTime at={session.createdAt} />
              </span>
            </th>
            <td className="nowrap">{session.isCurrent ? "now" : <RelativeTime at={session.lastSeenAt} />}</td>
            <td className="num">
              {session.isCurrent ? (
                <StatusMark mark="active">This one</StatusMark>
              ) : (
                <EndSessionButton sessionId={session.id} browser={session.browser} endSession={endSession} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
