import { Note } from "#components/ui/note.tsx";

/** Codes are sent around by those who want others to let them in (RFC 8628 section 5.4). */
export function DeviceNote({ isUnverified = false }: { isUnverified?: boolean }) {
  return (
    <Note tone={isUnverified ? "warn" : "plain"}>
      {isUnverified && (
        <>
          <b>Nobody has checked who made this app.</b> It chose its own name.{" "}
        </>
      )}
      Go on only if you started this on your own device. If somebody sent you the code, close this page.
    </Note>
  );
}
