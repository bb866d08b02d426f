import { authRoute } from "#lib/session/auth-route.ts";

export { authRoute as GET, authRoute as POST };
