/** How long access lasts, and until when the question can be answered. */
export function ConsentEnds({ renewDays, endsAtWords }: { renewDays: number; endsAtWords: string }) {
  return (
    <div className="small muted stack tight">
      <p>
        Access lasts until you withdraw it in <a href="/apps">Connected apps</a>; the app renews it in the background,{" "}
        {renewDays} days at most.
      </p>
      <p>This request ends at {endsAtWords}.</p>
    </div>
  );
}
