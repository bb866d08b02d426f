import type { ReactNode } from "react";

/** A section: its name and a sentence left, its form right. `id`: also the anchor. */
export function Setting({
  id,
  title,
  words,
  children,
}: {
  id: string;
  title: string;
  words?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="setting" aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {words !== undefined && <p>{words}</p>}
      </div>
      {children}
    </section>
  );
}
