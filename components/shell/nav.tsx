"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { NAV_ITEMS } from "./nav-items.ts";

/** The pages; the current one is marked. */
export function Nav({ label, onFollow }: { label: string; onFollow?: () => void }) {
  const path = usePathname();
  return (
    <nav aria-label={label}>
      <ul className="nav">
        {NAV_ITEMS.map(({ href, label: text, icon: Icon }) => (
          <li key={href}>
            <Link
              prefetch={false}
              href={href}
              aria-current={path === href || path.startsWith(`${href}/`) ? "page" : undefined}
              {...(onFollow === undefined ? {} : { onClick: onFollow })}
            >
              <Icon className="icon" aria-hidden="true" />
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
