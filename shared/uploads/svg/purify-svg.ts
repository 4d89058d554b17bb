import createDOMPurify, { type Config, type RemovedAttribute } from 'dompurify';
import type { DomAttribute, DomElement } from 'jsdom';
import { isLocalCss, localCss } from './local-css.ts';
import { childrenOf, isElement, SVG, window } from './xml-document.ts';

/** Attributes whose values are words and names, for which nothing is loaded. The last two name features of programs by URLs. */
const WORDS = ['id', 'class', 'lang', 'xml:lang', 'xml:id', 'xlink:title', 'requiredextensions', 'requiredfeatures'];

/**
 * DOMPurify lists the names of elements and attributes in lower case and compares them so, which is as strict in XML; told that it works on
 * XHTML, it would remove each linearGradient. What it works on is parsed as XML. Its list lacks `use` and animations, because it does not
 * look where they lead, and some attributes that librsvg and browsers know.
 */
const CONFIG: Config = {
  IN_PLACE: true,
  NAMESPACE: SVG,
  ALLOWED_NAMESPACES: [SVG],
  USE_PROFILES: { svg: true, svgFilters: true },
  KEEP_CONTENT: false,
  ALLOW_DATA_ATTR: false,
  // An id such as "body" hides nothing from scripts, since there are none; without its id a shape that is used would be missing.
  SANITIZE_DOM: false,
  ADD_TAGS: ['use', 'animate', 'set'],
  FORBID_TAGS: ['metadata'],
  ADD_ATTR: [
    ...['calcmode', 'enable-background', 'fr', 'from', 'glyph-orientation-horizontal', 'glyph-orientation-vertical'],
    ...[
      'isolation',
      'limitingconeangle',
      'mix-blend-mode',
      'pointsatx',
      'pointsaty',
      'pointsatz',
      'requiredextensions',
    ],
    ...['requiredfeatures', 'side', 'to', 'unicode-bidi', 'white-space', 'xml:lang'],
  ],
  ADD_URI_SAFE_ATTR: WORDS,
  ADD_DATA_URI_TAGS: ['feimage'],
};

const LINKS = new Set(['href', 'xlink:href']);
const EMBEDDING = new Set(['image', 'feimage']);
/** The pictures that a drawing may embed. */
const PICTURE = /^data:image\/(?:png|jpe?g|gif|webp);base64,[\w+/=%\s]*$/i;
/** The beginning of an absolute address, in which browsers ignore some characters. */
const SCHEME = /^[\s\p{Cc}]*[a-z][a-z0-9+.\t\n\r-]*:/iu;
/** Without one of these a value has no function, at-rule or escape of CSS. */
const CSS_MARKS = /[(@\\]/;

const ANIMATIONS = new Set(['animate', 'set', 'animatetransform', 'animatemotion', 'animatecolor']);
/** Names of attributes that may be animated: not links, handlers of events, style, and what style sheets refer to. */
const ANIMATED = /^(?!on|href$|style$|class$|id$)[a-z][a-zA-Z0-9-]*$/;

const purify = createDOMPurify(window as never);
/** Words for what is removed from the tree at hand. */
let removed = new Set<string>();
let allowed: Readonly<Record<string, boolean>> = {};

purify.addHook('uponSanitizeElement', (element: DomElement, { tagName }) => {
  if (tagName === 'style') removeForeignRules(element);
  if (!ANIMATIONS.has(tagName) || ANIMATED.test(element.getAttribute('attributeName') ?? 'x')) return;
  removed.add('animation of a link, style or event handler');
  element.remove();
});

purify.addHook('uponSanitizeAttribute', (element: DomElement, event) => {
  const { attrName: name, attrValue: value } = event;
  allowed = event.allowedAttributes;
  if (!allowed[name]) return;
  if (name === 'style') {
    event.attrValue = localCss(value, 'declarationList');
    if (event.attrValue !== value) removed.add(UNSAFE_STYLE);
    event.keepAttr = event.attrValue !== '';
  } else if (name === 'attributename') event.keepAttr = ANIMATED.test(value);
  else if (LINKS.has(name)) event.keepAttr = isLocalLink(element, value);
  else if (!name.startsWith('xmlns') && !WORDS.includes(name)) event.keepAttr = isLocalValue(value);
});

/** An `image` of `#…` would be the whole document in itself. */
function isLocalLink({ localName }: DomElement, value: string): boolean {
  const name = localName.toLowerCase();
  if (value.startsWith('#')) return name !== 'image';
  return EMBEDDING.has(name) && PICTURE.test(value);
}

const isLocalValue = (value: string): boolean => !SCHEME.test(value) && (!CSS_MARKS.test(value) || isLocalCss(value));

function removeForeignRules(style: DomElement): void {
  // Elements in a style sheet are no part of it.
  for (const child of childrenOf(style)) {
    if (!isElement(child)) continue;
    removed.add(elementWord(child));
    child.remove();
  }
  const css = style.textContent ?? '';
  const local = localCss(css, 'stylesheet');
  if (local === css) return;
  removed.add(UNSAFE_STYLE);
  style.textContent = local;
}

const EXTERNAL = 'external reference';
const UNSAFE_STYLE = 'unsafe style';
/** Words for elements, by their names in lower case. */
const ELEMENT_WORDS = new Map([
  ['script', 'script'],
  ['foreignobject', 'foreignObject'],
  ['metadata', 'metadata'],
]);

/** Removes from a tree of SVG what could run a program or load something, and returns words for what it removed. */
export function purifySvg(root: DomElement): Set<string> {
  removed = new Set();
  purify.sanitize(root as never, CONFIG);
  for (const entry of purify.removed)
    removed.add('element' in entry ? elementWord(entry.element) : attributeWord(entry));
  return removed;
}

/** Comments are removed before. */
function elementWord({ localName, namespaceURI }: DomElement): string {
  const word = ELEMENT_WORDS.get(localName.toLowerCase());
  return word ?? (namespaceURI === SVG ? 'unknown element' : 'element of another namespace');
}

function attributeWord({ attribute }: RemovedAttribute): string {
  const name = (attribute as DomAttribute).name.toLowerCase();
  if (name.startsWith('on')) return 'event handler';
  return allowed[name] || LINKS.has(name) ? EXTERNAL : 'unknown attribute';
}
