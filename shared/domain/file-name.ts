/** UTF-16 units; the longest name that file systems take. */
export const LONGEST_FILE_NAME = 255;

/** What browsers call a Blob that has no name. */
const NAMELESS = 'blob';

/**
 * What is no part of a name, whatever the system: control characters, halves of characters, ends of lines, and characters that turn the direction of
 * a text. Characters that join others stay, without which emoji and Persian are spelled otherwise.
 */
export const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The name of an uploaded file as it is kept: without the folders before it, on whatever system; undefined where there is none. */
export function keptFileName(given: string | undefined): string | undefined {
  const name = given?.split(/[/\\]/).at(-1)?.replaceAll(UNREADABLE, '').trim() ?? '';
  if (name === '' || name === NAMELESS || /^\.+$/.test(name)) return undefined;
  return firstUnits(name, LONGEST_FILE_NAME);
}

/** The beginning of a text, in characters that are whole. */
export function firstUnits(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
