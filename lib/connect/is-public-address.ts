const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|test)$/;
const PRIVATE_IPV4 =
  /^(10\.|127\.|0\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

/** Whether services on the internet can be expected to reach an address: https, and a name or address that is not local. */
export function isPublicAddress(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:") return false;
  if (hostname.startsWith("[")) return !/^\[(::|f[cd]|fe[89ab])/.test(hostname);
  return hostname.includes(".") && !LOCAL_NAME.test(hostname) && !PRIVATE_IPV4.test(hostname);
}
