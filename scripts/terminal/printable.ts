/**
 * Characters that must be escaped before a terminal gets them: control characters (C0, DEL, C1), of which some move the cursor or make the
 * terminal type for its user; characters that change the direction of the text or are invisible; ends of lines; and lone surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The character as a JSON string escapes it: `\u009b`. */
const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** Escapes unprintable characters in text from elsewhere. Ends of lines and tabs stay. */
export const printable = (text: string): string =>
  text.replaceAll(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );

/** Escapes unprintable characters in text that must stay on one line, including ends of lines and tabs. */
export const printableLine = (text: string): string => text.replaceAll(UNPRINTABLE, escaped);

/**
 * Writes a value as JSON without unprintable characters. Only strings can have them: JSON itself adds nothing but ends of lines, which
 * stay.
 */
export const printableJson = (value: unknown): string => printable(JSON.stringify(value, null, 2));
