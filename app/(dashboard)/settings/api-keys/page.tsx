import { redirect } from "next/navigation";

/** Older clients link here. */
export default function Page() {
  redirect("/keys");
}
