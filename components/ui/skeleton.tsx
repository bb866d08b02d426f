/** Bars where text will be. The region around it carries `aria-busy`. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  const widths = ["l", "m", "s"];
  return (
    <div className="stack" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike and never move
        <div key={row} className={`skeleton ${widths[row % widths.length]}`} />
      ))}
    </div>
  );
}
