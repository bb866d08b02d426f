import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

// WCAG 2.2, 1.4.3 and 1.4.11, computed from the tokens themselves.
const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const [light = "", dark = ""] = css.split(':root[data-theme="dark"]');

const TEXT_ON = ["paper", "sheet", "well"];
const TEXTS = ["ink", "muted", "accent", "grace", "expiring", "expired", "danger"];
/** Where text stands on a wash of its own meaning. */
const PAIRS = [
  ["on-solid", "solid"],
  ["on-danger", "danger"],
  ["ink", "accent-wash"],
  ["accent", "accent-wash"],
  ["ink", "grace-wash"],
  ["grace", "grace-wash"],
  ["ink", "danger-wash"],
  ["danger", "danger-wash"],
] as const;

describe.each([
  ["light", colors(light)],
  ["dark", { ...colors(light), ...colors(dark) }],
])("%s", (_theme, tokens) => {
  const contrast = (one: string, other: string) => ratio(luminance(tokens[one] ?? ""), luminance(tokens[other] ?? ""));

  test.each(TEXT_ON.flatMap((surface) => TEXTS.map((text) => [text, surface] as const)))(
    "text in %s on %s has 4.5:1",
    (text, surface) => expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5),
  );

  test.each(PAIRS)("text in %s on %s has 4.5:1", (text, surface) =>
    expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5),
  );

  test.each(["paper", "sheet"])("edges, marks and lit cells on %s have 3:1", (surface) => {
    for (const mark of ["edge", "accent", "grace", "expiring", "expired", "danger"])
      expect(contrast(mark, surface), mark).toBeGreaterThanOrEqual(3);
  });
});

function colors(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--color-([\w-]+):\s*(oklch\([^)/]+\))/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}

/** Relative luminance of an opaque oklch color, through linear sRGB (CSS Color 4, section 17). */
function luminance(color: string): number {
  const [lightness = 0, chroma = 0, hue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const red = clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
