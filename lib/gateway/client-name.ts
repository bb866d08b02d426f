const CLIENT_MAX = 200;
/** Browsers name many products; the first of these says which one it is. */
const BROWSERS = ["Edg", "OPR", "Firefox", "Chrome", "Version"];
const PRODUCT = /^[!#$%&'*+.^_`|~\w-]+(?:\/[!#$%&'*+.^_`|~\w-]+)?/;

/** A user agent as product/version, which is how people know their clients: `claude-code/2.1.330`. At most 200 characters. */
export function clientName(userAgent: string | undefined): string {
  const text = userAgent?.trim() ?? "";
  if (text === "") return "unknown";
  const name = text.startsWith("Mozilla/") ? (browserName(text) ?? text) : (PRODUCT.exec(text)?.[0] ?? text);
  return name.slice(0, CLIENT_MAX);
}

function browserName(text: string): string | undefined {
  const products = text.split(" ").filter((word) => word.includes("/"));
  for (const browser of BROWSERS) {
    const product = products.find((word) => word.startsWith(`${browser}/`));
    if (product) return product.replace("Version/", "Safari/").replace("Edg/", "Edge/").replace("OPR/", "Opera/");
  }
  return undefined;
}
