import { areSingleKeysOn } from "./single-keys.ts";

const FIELDS = "input, textarea, select, [contenteditable]";
const LAYERS = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** Whether a key press is meant for the page: no modifier, not in a field, nothing open above, not turned off (WCAG 2.2, 2.1.4). */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return false;
  return document.querySelector(LAYERS) === null && areSingleKeysOn();
}
