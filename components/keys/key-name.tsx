"use client";

import Link from "next/link";
import { cutText } from "#lib/foreign-text.ts";
import { useKeyDialogs } from "./key-dialogs.tsx";

const SHOWN = 40;

/** A key's name as a link to its page; long names are cut, and whole for assistive technology and on hover. */
export function KeyNameLink({ keyId, name: saved }: { keyId: string; name: string }) {
  const name = useKeyDialogs().nameOf({ id: keyId, name: saved });
  const shown = cutText(name, SHOWN);
  const whole = shown === name ? {} : { title: name, "aria-label": name };
  return (
    <Link prefetch={false} href={`/keys/${keyId}`} {...whole}>
      <bdi>{shown}</bdi>
    </Link>
  );
}

/** A key's whole name. */
export function KeyName({ keyId, name }: { keyId: string; name: string }) {
  return <bdi>{useKeyDialogs().nameOf({ id: keyId, name })}</bdi>;
}
