import { randomBytes } from 'node:crypto';

/** Is in every secret of a run, and in nothing else. */
export const MARK = `Mark${randomBytes(9).toString('base64url').replaceAll(/[-_]/g, 'x')}`;

/** A secret with the mark in it, as long as the secrets of keys and tokens: 43 characters of base64url. */
export const markedSecret = (): string => `${MARK}${randomBytes(40).toString('base64url')}`.slice(0, 43);

/** Text in base64 by its place among the groups of three bytes, without the characters at both ends that depend on what is around. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from(' '.repeat(before) + text).toString('base64');
    const end = Math.floor(((before + text.length) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), end);
  });
}

const hexOf = (text: string): string => Buffer.from(text).toString('hex');

/** What a text looks like as it is, in base64, base64url and hex, and with percent signs. */
function spellingsOf(text: string): string[] {
  const base64 = base64Of(text);
  const percent = hexOf(text).replaceAll(/../g, '%$&');
  const all = [text, ...base64, ...base64.map(urlSafe), hexOf(text), encodeURIComponent(text), percent];
  return [...new Set([...all, hexOf(text).toUpperCase(), percent.toUpperCase()])];
}

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

/** What no trace may look like, whatever the services themselves have put into it: upload tokens, keys, JWTs and signatures of links. */
const SHAPES = [/ist_[0-9a-f]{24}_[\w-]{43}/, /isk_[a-z2-7]{12}_[\w-]{43}/, /eyJ[\w-]{20,}\./, /signature=[\w-]{43}/i];

/** Collects the secrets of a run, and looks for them. */
export class Secrets {
  readonly #needles = new Set<string>();

  constructor() {
    // The mark is in the payload of tokens, which are base64url, so that it may be found in base64 of base64.
    for (const text of [MARK, ...base64Of(MARK).map(urlSafe)]) this.add(text);
  }

  /** Has a secret looked for that cannot have the mark in it, such as a signature. */
  add(secret: string): void {
    for (const spelling of spellingsOf(secret)) this.#needles.add(spelling);
  }

  /** The secrets in texts, each with what is around it. */
  find(where: string, texts: readonly string[]): string[] {
    const whole = texts.join('\n');
    const places = [
      ...[...this.#needles].map((needle) => whole.indexOf(needle)),
      ...SHAPES.map((shape) => whole.search(shape)),
    ];
    return places
      .filter((place) => place >= 0)
      .map((place) => `a secret is in ${where}: ${whole.slice(Math.max(0, place - 200), place + 200)}`);
  }
}
