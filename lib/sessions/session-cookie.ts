import { env } from "#lib/env.ts";

/**
 * The cookie that signs in (SIG-03). `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so that no sibling host can
 * plant one. Plain http is loopback only, where browsers keep no Secure cookie: there the prefix goes too. `Priority`: of the
 * cookies of a host that has too many, browsers drop this one last, so that pages which open many requests sign nobody out.
 */
export function sessionCookie(publicUrl = env().publicUrl): {
  name: string;
  options: { httpOnly: true; sameSite: "lax"; path: "/"; secure: boolean; priority: "high" };
} {
  const isSecure = publicUrl.startsWith("https:");
  return {
    name: isSecure ? "__Host-pensyve-session" : "pensyve-session",
    options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure, priority: "high" },
  };
}
