/** Whose memories they are, and the way out for somebody else: signs out and leads back to the same question. */
export function SignedInAs({ uid, email }: { uid: string; email: string }) {
  return (
    <form method="post" action={`/consent/${uid}/switch`} className="small asuser">
      Signed in as <b>{email}</b> ·{" "}
      <button type="submit" className="link">
        Not you?
      </button>
    </form>
  );
}
