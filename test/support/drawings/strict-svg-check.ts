import { type SaxesAttributeNS, SaxesParser } from 'saxes';

/**
 * Judges a sanitised drawing by another parser and other rules than those by which it was sanitised: lists of names, and for CSS its text
 * with all escapes resolved.
 */
const SVG = 'http://www.w3.org/2000/svg';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const NAMESPACES = new Map([
  ['xmlns', SVG],
  ['xmlns:xlink', 'http://www.w3.org/1999/xlink'],
]);

const ELEMENTS = new Set(
  [
    'a animate animateMotion animateTransform animateColor circle clipPath defs desc ellipse filter font g glyph hkern image',
    'line linearGradient marker mask mpath path pattern polygon polyline radialGradient rect set stop style svg switch',
    'symbol text textPath title tref tspan use view vkern altGlyph altGlyphDef altGlyphItem glyphRef',
    'feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap',
    'feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode',
    'feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence',
  ].flatMap((names) => names.split(' ')),
);

/** Attributes that hold addresses in SVG, HTML and MathML, besides links, and those that change what addresses mean. */
const ADDRESSES =
  /^(src|srcset|srcdoc|data|action|formaction|ping|poster|background|cite|classid|codebase|longdesc|manifest|base|archive|content|http-equiv|is|patchsrc)$/i;
/** Features of programs, named by addresses that nothing asks for. */
const NAMED_BY_ADDRESSES = /^required(Extensions|Features)$/;
/** Attributes that are text and nothing else. */
const TEXTS = /^(id|class|title|lang|(xml|xlink):(id|lang|title|space)|aria-.*)$/;

const PICTURE = /^data:image\/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*$/;
const UNSAFE_FUNCTION =
  /(?<!\\)@\s*(import|font-face|namespace|property|page|counter-style|document)|(^|[^\w\\-])(image|src|(-webkit-)?image-set|cross-fade|element|paint|expression|attr)\s*\(/;

/** Comments and strings, other than those that are the address in url("…"). */
const QUIET =
  /\/\*.*?(?:\*\/|$)|((?<![\w\\-])url\(\s*)?(?:"(?:\\.?|[^"\\\n])*(?:"|$|(?=\n))|'(?:\\.?|[^'\\\n])*(?:'|$|(?=\n)))/gis;

/** CSS with its escapes resolved. Escaped, only what may be part of a name means something: neither `@` nor brackets do. */
const resolved = (css: string): string =>
  css.replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gis, (_, code, character) => {
    const letter = code ? String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff)) : character;
    return /[a-z0-9_-]/i.test(letter) ? letter : '_';
  });

function cssProblems(css: string): string[] {
  const active = css.replace(QUIET, (found, url) => (url ? found : ' '));
  return [active.toLowerCase(), resolved(active).toLowerCase()].flatMap((text) => [
    ...(UNSAFE_FUNCTION.test(text) ? [`CSS that may load: ${text.slice(0, 80)}`] : []),
    ...[...text.matchAll(/(?<![\w\\-])url\(\s*["']?(?=(.{0,40}))/gs)]
      .filter(([, to]) => !to?.startsWith('#'))
      .map(([, to]) => `CSS: url(${to}`),
  ]);
}

function attributeProblems(element: string, { name, local, uri, value }: SaxesAttributeNS): string[] {
  if (uri === XMLNS) return NAMESPACES.get(name) === value ? [] : [`declares ${value}`];
  const problem = [`${element} has ${name}="${value.slice(0, 80)}"`];
  if (uri !== '' && !/^(xlink:(href|title)|xml:(space|lang|id))$/.test(name)) return problem;
  if (/^on/i.test(local) || ADDRESSES.test(local)) return problem;
  if (/^href$/i.test(local)) {
    const mayEmbed = element === 'image' || element === 'feImage';
    return (element !== 'image' && value.startsWith('#')) || (mayEmbed && PICTURE.test(value)) ? [] : problem;
  }
  if (local === 'attributeName' && (/href|style|[^a-zA-Z0-9-]/i.test(value) || /^on/i.test(value))) return problem;
  if (TEXTS.test(name) || NAMED_BY_ADDRESSES.test(local)) return [];
  const scheme = /^[a-z][a-z0-9+.-]*:/i.test(value.trim().replace(/\p{Cc}/gu, ''));
  const isList = local === 'style' || local === 'begin' || local === 'end';
  return [...(scheme && !isList ? problem : []), ...cssProblems(value)];
}

/** Everything in a drawing that is not on the lists; an error of its parser too. */
export function svgProblems(svg: string): string[] {
  const problems: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  const open: string[] = [];
  let css = '';
  parser.on('error', ({ message }) => problems.push(`XML: ${message}`));
  parser.on('doctype', () => problems.push('a document type'));
  parser.on('processinginstruction', ({ target }) => problems.push(`an instruction ${target}`));
  parser.on('xmldecl', () => problems.push('an XML declaration'));
  parser.on('opentag', ({ name, local, uri, attributes }) => {
    open.push(local);
    if (uri !== SVG || name !== local || !ELEMENTS.has(local)) problems.push(`element ${name} of ${uri}`);
    for (const attribute of Object.values(attributes)) problems.push(...attributeProblems(local, attribute));
  });
  const take = (text: string) => {
    if (open.at(-1) === 'style') css += text;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    if (open.pop() === 'style') problems.push(...cssProblems(css));
    if (open.at(-1) !== 'style') css = '';
  });
  parser.write(svg).close();
  return problems;
}
