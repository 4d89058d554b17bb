/**
 * What must not reach a terminal as it is: control characters (C0, DEL, C1), of which some move the cursor or answer for whoever sits there;
 * characters that turn the direction of a text or show nothing; ends of lines; and halves of characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** As a JSON text would have it: `\u009b`. */
const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** A text of others as it may be printed: what could do something else than be read is spelled out. Ends of lines and tabs stay. */
export const printable = (text: string): string =>
  text.replaceAll(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );

/** The same for what is to stand in one line. */
export const printableLine = (text: string): string => text.replaceAll(UNPRINTABLE, escaped);

/** A value as JSON that says the same and has nothing unprintable in it. Only strings can have: what JSON adds itself are ends of lines. */
export const printableJson = (value: unknown): string => printable(JSON.stringify(value, null, 2));
