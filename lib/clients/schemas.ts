import { z } from "zod";
import { cleanText } from "../foreign-text.ts";
import { redirectUriFault } from "./redirect-uri.ts";

const NAME_MAX = 64;
const REDIRECTS_MAX = 20;
/** Ids that registration gives begin so; the consent page calls those clients unverified. */
const REGISTERED_PREFIX = "psc_";

/** An id as other servers may have given it. Never an address: that would be the id of a metadata document (standards PRE-02). */
const clientIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{2,99}$/,
    "Use 3 to 100 letters, digits and . _ ~ -, beginning with a letter or digit.",
  )
  .refine(
    (id) => !id.startsWith(REGISTERED_PREFIX),
    `Ids that begin with ${REGISTERED_PREFIX} are those of registrations.`,
  );

const redirectUriSchema = z.string().superRefine((uri, context) => {
  const fault = redirectUriFault(uri);
  if (fault !== undefined)
    context.addIssue({ code: "custom", message: `${fault[0]?.toUpperCase()}${fault.slice(1)}.` });
});

/** A client that the operator adds. A resource server only introspects tokens: it has a secret and nowhere to send a browser. */
export const createClientSchema = z
  .object({
    name: z
      .string()
      .transform((name) => cleanText(name.normalize("NFC"), Number.POSITIVE_INFINITY))
      .refine((name) => name.length > 0, "Give the client a name, which people see when it asks them.")
      .refine((name) => [...name].length <= NAME_MAX, `Use at most ${NAME_MAX} characters.`),
    id: clientIdSchema.optional(),
    redirectUris: z.array(redirectUriSchema).max(REDIRECTS_MAX, `Give at most ${REDIRECTS_MAX}.`).default([]),
    isConfidential: z.boolean().default(false),
    isResourceServer: z.boolean().default(false),
  })
  .refine(({ redirectUris, isResourceServer }) => isResourceServer || redirectUris.length > 0, {
    path: ["redirectUris"],
    message: "Give at least one: that is where the answer goes.",
  })
  .refine(({ redirectUris, isResourceServer }) => !isResourceServer || redirectUris.length === 0, {
    path: ["redirectUris"],
    message: "A resource server only introspects tokens; it has none.",
  });
export type CreateClientInput = z.infer<typeof createClientSchema>;
