import { readXmlDeclaration } from './svg-root.ts';

/** Byte order marks (XML 1.0, appendix F) and their encodings. */
const MARKS: readonly (readonly [mark: string, encoding: string])[] = [
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];

const UTF_8 = /^utf-?8$/i;
/** As browsers do (WHATWG Encoding): a declaration that could be read as ASCII is not in these encodings, whatever it says. */
const TWO_BYTES = /^(?:utf-?16(?:le|be)?|(?:iso-10646-)?ucs-2|unicode)$/i;

/** A drawing's text in UTF-8, or the unchanged bytes and the name of an unknown encoding. */
export type DecodedSvg = { text: Buffer; unknown?: undefined } | { text: Buffer; unknown: string };

/**
 * Decodes a drawing to UTF-8 as browsers do: by its byte order mark, or else by the encoding that its XML declaration names.
 * Text that is UTF-8 already is not copied.
 */
export function decodeSvg(bytes: Buffer): DecodedSvg {
  for (const [mark, encoding] of MARKS) {
    const length = mark.length / 2;
    if (bytes.toString('hex', 0, length) !== mark) continue;
    const rest = bytes.subarray(length);
    return { text: encoding === 'utf-8' ? rest : transcode(rest, encoding) };
  }
  const encoding = readXmlDeclaration(bytes)?.encoding ?? 'utf-8';
  if (UTF_8.test(encoding) || TWO_BYTES.test(encoding)) return { text: bytes };
  try {
    return { text: transcode(bytes, encoding) };
  } catch {
    return { text: bytes, unknown: encoding };
  }
}

const transcode = (bytes: Buffer, encoding: string): Buffer =>
  Buffer.from(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes));
