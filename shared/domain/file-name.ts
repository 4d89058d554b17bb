/** UTF-16 units; the longest name that file systems take. */
export const LONGEST_FILE_NAME = 255;

/** What browsers call a Blob that has no name. */
const NAMELESS = 'blob';

/**
 * Characters that do not belong in a name on any system: control characters, lone surrogates, line ends, and characters that change the direction of
 * a text. Joining characters stay, because emoji and Persian need them.
 */
export const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Cleans the name of an uploaded file for storage: without the folders before it (of any system); undefined if nothing is left. */
export function sanitizeFileName(given: string | undefined): string | undefined {
  const name = given?.split(/[/\\]/).at(-1)?.replaceAll(UNREADABLE, '').trim() ?? '';
  if (name === '' || name === NAMELESS || /^\.+$/.test(name)) return undefined;
  return firstUnits(name, LONGEST_FILE_NAME);
}

/** The beginning of a text, without splitting a character. */
export function firstUnits(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
