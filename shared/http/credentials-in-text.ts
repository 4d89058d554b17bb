/** API keys, upload tokens and signed tokens, as they stand in a text. */
const CREDENTIALS = /(?<![\w-])(?:is[kt]_[\w-]{16,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)/g;

/**
 * A text for answers and logs without the credentials in it, of which the first letters stay. Errors repeat what was wrong in a request, and that may be
 * a key or a token that somebody has put into the wrong place.
 */
export const withoutCredentials = (text: string): string =>
  text.replace(CREDENTIALS, (found) => `${found.slice(0, 4)}…`);
