/** First match wins: Edge and Opera also call themselves Chrome, Chrome calls itself Safari. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad|iPod)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\b(?:Macintosh|Mac OS X)\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** How people know a browser: "Firefox on Linux". For anything else the product it names first, else "Unknown browser". */
export function browserName(userAgent: string | null | undefined): string {
  if (!userAgent) return "Unknown browser";
  const browser = nameIn(BROWSERS, userAgent) ?? /^[\w.-]{1,32}/.exec(userAgent)?.[0] ?? "Unknown browser";
  const system = systemName(userAgent);
  return system ? `${browser} on ${system}` : browser;
}

/** The system that a browser names: "macOS". Undefined when it names none that we know. */
export function systemName(userAgent: string | null | undefined): string | undefined {
  return nameIn(SYSTEMS, userAgent ?? "");
}

function nameIn(table: readonly (readonly [RegExp, string])[], userAgent: string): string | undefined {
  return table.find(([pattern]) => pattern.test(userAgent))?.[1];
}
