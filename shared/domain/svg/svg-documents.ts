import { embeddedTexts } from './svg-embedded.ts';
import { resolveEntities } from './svg-entities.ts';
import { readMarkup, type SvgMarkup } from './svg-markup.ts';
import { readSvgRoot } from './svg-root.ts';

/** A drawing whose cost cannot be estimated. The message completes "The SVG …". */
export class Uncountable extends Error {}

/** Attributes that a DOCTYPE may give elements, because they do not change what is drawn. */
const GIVEN_FREELY =
  /\s(?:xmlns(?::[\w-]+)?|version|xml:space)\s+(?:CDATA|\([\w\s|]*\))\s+(?:#FIXED\s+)?(?:"[^"]*"|'[^']*')/g;

/** Encodings that every build of libxml2 decodes and that contain ASCII. */
const ENCODING = /^(?:utf-?8|(?:us-)?ascii|iso-8859-1)$/i;

/** A drawing, or a document that it includes, with its markup. */
export interface OpenDrawing {
  text: string;
  /** The offset of its first element. */
  from: number;
  markup: SvgMarkup;
  /** The attributes of its root, unresolved. */
  attributes: ReadonlyMap<string, string>;
}

/** Reads the markup of a drawing. Throws if attributes of its elements could come from elsewhere than their tags. */
export function openDrawing(text: string): OpenDrawing {
  const root = readSvgRoot(Buffer.from(text, 'latin1'));
  if (text.includes('\0'))
    throw new Uncountable(
      'has NUL characters, which XML does not allow: after its end, or in a document that it embeds in UTF-16. Save it as UTF-8, without them.',
    );
  if (root?.encoding !== undefined && !ENCODING.test(root.encoding)) {
    throw new Uncountable(`embeds a document in ${root.encoding}. Save it as UTF-8.`);
  }
  const from = root?.offset ?? 0;
  if (root && root.entities.length > 0) {
    throw new Uncountable('embeds a document that declares entities. Save it as plain SVG, without them.');
  }
  // If a document has an external description, librsvg ignores references to undeclared entities without an error.
  if (root?.external) resolveEntities(text.slice(from), new Map());
  for (const [declaration] of text.slice(0, from).matchAll(/<!ATTLIST[^>]*/g)) {
    if (/["']/.test(declaration.replace(GIVEN_FREELY, ''))) {
      throw new Uncountable('gives its elements attributes in a DOCTYPE. Write them at the elements.');
    }
  }
  return { text, from, markup: readMarkup(text, from), attributes: root?.attributes ?? new Map() };
}

/** A drawing and the documents that it includes, in document order. */
export function withIncluded(drawing: OpenDrawing): OpenDrawing[] {
  const { isOpen, values } = drawing.markup;
  const included = isOpen ? values.flatMap(embeddedTexts).map(openDrawing) : [];
  return [drawing, ...included.flatMap(withIncluded)];
}
