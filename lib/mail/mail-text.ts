import { env } from "#lib/env.ts";
import { cleanText } from "#lib/foreign-text.ts";

/** A name of 64 characters, and the words around it. */
const SUBJECT_MAX = 160;

/** A mail before it is written out: paragraphs and one link, nothing else. */
export type MailWords = {
  /** Whatever is foreign in it, it becomes one line. */
  subject: string;
  /** Plain text; whatever is foreign in it is cleaned already, and escaped here. */
  paragraphs: readonly string[];
  link: { label: string; url: string };
};

export type Mail = { to: string; subject: string; text: string; html: string };

/** Writes a mail out as text and as plain HTML: one link, no pictures, no style sheet, nothing that calls home. */
export function mailText(to: string, { subject, paragraphs, link }: MailWords, publicUrl = env().publicUrl): Mail {
  const foot = `Pensyve at ${new URL(publicUrl).host}`;
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`,
    `<p>${escaped(foot)}</p>`,
  ];
  return {
    to,
    subject: cleanText(subject, SUBJECT_MAX),
    text: `${[...paragraphs, `${link.label}: ${link.url}`, `-- \n${foot}`].join("\n\n")}\n`,
    html: `<!doctype html>\n<html lang="en">\n<body>\n${html.join("\n")}\n</body>\n</html>\n`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
