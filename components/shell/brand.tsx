import Link from "next/link";

const LIT = [
  [2, 2],
  [9.2, 2],
  [16.4, 2],
  [2, 9.2],
  [16.4, 9.2],
  [2, 16.4],
] as const;
const DIM = [
  [9.95, 9.95],
  [9.95, 17.15],
  [17.15, 17.15],
] as const;

/** The mark and the name. */
export function Brand({ href = "/" }: { href?: string }) {
  return (
    <Link prefetch={false} className="brand" href={href}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {LIT.map(([x, y]) => (
          <rect key={`${x} ${y}`} className="lit" x={x} y={y} width="5.6" height="5.6" rx="1.2" />
        ))}
        {DIM.map(([x, y]) => (
          <rect key={`${x} ${y}`} className="dim" x={x} y={y} width="4.1" height="4.1" rx=".6" />
        ))}
      </svg>
      Pensyve
    </Link>
  );
}
