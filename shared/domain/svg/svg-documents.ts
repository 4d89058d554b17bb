import { embeddedTexts } from './svg-embedded.ts';
import { resolveEntities } from './svg-entities.ts';
import { readMarkup, type SvgMarkup } from './svg-markup.ts';
import { readSvgRoot } from './svg-root.ts';

/** What cannot be counted, as the end of "The SVG …". */
export class Uncountable extends Error {}

/** Attributes that a DOCTYPE may give elements: what they mean changes nothing that is drawn. */
const GIVEN_FREELY =
  /\s(?:xmlns(?::[\w-]+)?|version|xml:space)\s+(?:CDATA|\([\w\s|]*\))\s+(?:#FIXED\s+)?(?:"[^"]*"|'[^']*')/g;

/** What libxml2 decodes wherever it was built, and has the letters of ASCII in their place. */
const ENCODING = /^(?:utf-?8|(?:us-)?ascii|iso-8859-1)$/i;

/** A document of a drawing. */
export interface OpenDrawing {
  text: string;
  /** Where its elements begin. */
  from: number;
  markup: SvgMarkup;
  /** Of its root, as they are written. */
  attributes: ReadonlyMap<string, string>;
}

/** Looks where the elements of a drawing begin, and at its markup; refuses what gives elements attributes that do not stand there. */
export function openDrawing(text: string): OpenDrawing {
  const root = readSvgRoot(Buffer.from(text, 'latin1'));
  if (text.includes('\0'))
    throw new Uncountable(
      'has characters of the value 0, which XML has not: behind its end, or in a document that it embeds in UTF-16. Save it as UTF-8, without them.',
    );
  if (root?.encoding !== undefined && !ENCODING.test(root.encoding)) {
    throw new Uncountable(`embeds a document in ${root.encoding}. Save it as UTF-8.`);
  }
  const from = root?.offset ?? 0;
  if (root && root.entities.length > 0) {
    throw new Uncountable('embeds a document that declares entities. Save it as plain SVG, without them.');
  }
  // Of what is described elsewhere, references to entities that nobody declares stand for nothing in librsvg, and are no error.
  if (root?.external) resolveEntities(text.slice(from), new Map());
  for (const [declaration] of text.slice(0, from).matchAll(/<!ATTLIST[^>]*/g)) {
    if (/["']/.test(declaration.replace(GIVEN_FREELY, ''))) {
      throw new Uncountable('gives its elements attributes in a DOCTYPE. Write them at the elements.');
    }
  }
  return { text, from, markup: readMarkup(text, from), attributes: root?.attributes ?? new Map() };
}

/** A drawing and the documents that it includes, in their order. */
export function withIncluded(drawing: OpenDrawing): OpenDrawing[] {
  const { isOpen, values } = drawing.markup;
  const included = isOpen ? values.flatMap(embeddedTexts).map(openDrawing) : [];
  return [drawing, ...included.flatMap(withIncluded)];
}
