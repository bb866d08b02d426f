const DEVICE_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

/** What is stored of a client that this server adds itself, in the terms of RFC 7591 section 2. */
export type ClientMetadata = {
  client_name: string;
  redirect_uris: string[];
  grant_types: string[];
  response_types: string[];
  token_endpoint_auth_method: "none" | "client_secret_basic";
};

/** Metadata of a client that sends people to the consent page, or, unless it has no device flow, has them enter a code, and refreshes its tokens. */
export function codeClientMetadata({
  name,
  redirectUris,
  method,
  hasDeviceFlow = true,
}: {
  name: string;
  redirectUris: readonly string[];
  method: ClientMetadata["token_endpoint_auth_method"];
  hasDeviceFlow?: boolean;
}): ClientMetadata {
  return {
    client_name: name,
    redirect_uris: [...redirectUris],
    grant_types: ["authorization_code", "refresh_token", ...(hasDeviceFlow ? [DEVICE_GRANT_TYPE] : [])],
    response_types: ["code"],
    token_endpoint_auth_method: method,
  };
}
