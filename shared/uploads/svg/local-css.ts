import { type CssNode, generate, List, parse, tokenize, tokenTypes } from 'css-tree';

/**
 * At-rules that load nothing. Not among them: `@import`, `@font-face`, which has no use without the address of a font, and `@namespace`,
 * whose addresses a reader cannot tell from such as are loaded.
 */
const AT_RULES = new Set(['media', 'supports', 'keyframes', '-webkit-keyframes', 'layer']);

/** Functions that load nothing, and those of selectors. Others may, such as `image-set("…")`, or may come to: so what is not here is removed. */
const FUNCTIONS = new Set(
  [
    'rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark icc-color device-cmyk device-gray device-rgb',
    'calc min max clamp round mod rem abs sign pow sqrt hypot exp log sin cos tan asin acos atan atan2 var',
    'matrix matrix3d translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d',
    'rotate rotatex rotatey rotatez rotate3d skew skewx skewy perspective cubic-bezier steps linear',
    'linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient',
    'blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia',
    'circle ellipse inset path polygon rect xywh ray',
    'not is where has matches any lang dir host nth-child nth-last-child nth-of-type nth-last-of-type selector',
  ].flatMap((names) => names.split(' ')),
);

/** A fragment in url(#…) and, as a string, in url("#…"), written so that every reader sees one. */
const FRAGMENT = /^url\([ \t\r\n\f]*#[^@\\]*\)$/i;
const QUOTED_FRAGMENT = /^(["'])#[^\\]*\1$/;

/** What makes a token one that may load something. Names that are written with escapes are in no list. */
const isTokenLocal = (type: number, text: string): boolean => {
  if (type === tokenTypes.Url) return FRAGMENT.test(text);
  if (type === tokenTypes.Function) return FUNCTIONS.has(text.slice(0, -1).toLowerCase());
  if (type === tokenTypes.AtKeyword) return AT_RULES.has(text.slice(1).toLowerCase());
  // Nothing depends on where a reader sees a comment end.
  if (type === tokenTypes.Comment) return !/url\s*\(|[@\\]/i.test(text);
  return type !== tokenTypes.BadUrl && type !== tokenTypes.BadString;
};

/** Readers differ in which of these are part of a name (css-syntax-3 of 2021 and of later). */
const BEYOND_ASCII = /[^\0-\x7f]/g;

/**
 * Whether CSS of any kind, a style sheet, declarations or a value, refers only to its own document. It is judged by its tokens (CSS Syntax
 * 3, 4), which do not depend on where a browser sees rules and declarations begin and end. CSS with a `<` is not taken for local: as part of
 * an HTML page it could end the style sheet.
 */
export const isLocalCss = (css: string): boolean =>
  !css.includes('<') && areTokensLocal(css) && areTokensLocal(css.replace(BEYOND_ASCII, ' '));

function areTokensLocal(css: string): boolean {
  let isLocal = true;
  let isAddress = false;
  tokenize(css, (type, start, end) => {
    if (!isLocal || type === tokenTypes.WhiteSpace) return;
    const text = css.slice(start, end);
    const beginsAddress = type === tokenTypes.Function && /^url\($/i.test(text);
    // The address in url("…") is a string of its own.
    isLocal = isAddress
      ? type === tokenTypes.String && QUOTED_FRAGMENT.test(text)
      : beginsAddress || isTokenLocal(type, text);
    isAddress = beginsAddress;
  });
  return isLocal && !isAddress;
}

/** Values and the beginnings of rules are left as they are written: only their tokens count. */
const AS_WRITTEN = {
  parseValue: false,
  parseAtrulePrelude: false,
  parseRulePrelude: false,
  parseCustomProperty: false,
} as const;

/** CSS without the rules and declarations that refer to something outside of its document; CSS without such is returned as it is. */
export function localCss(css: string, context: 'stylesheet' | 'declarationList'): string {
  if (isLocalCss(css)) return css;
  const tree = parse(css, { context, ...AS_WRITTEN });
  removeForeign(tree);
  const rest = generate(tree).trim();
  return isLocalCss(rest) ? rest : '';
}

/** Removes what is not local from a tree of rules. */
function removeForeign(node: CssNode): void {
  if (!('children' in node) || !(node.children instanceof List)) return;
  const children = node.children as List<CssNode>;
  children.forEach((child, item) => {
    if (!isKept(child)) children.remove(item);
  });
}

function isKept(node: CssNode): boolean {
  if (node.type === 'Declaration') return isLocalCss(generate(node));
  if (node.type !== 'Rule' && node.type !== 'Atrule') return false;
  const name = node.type === 'Atrule' ? `@${node.name} ` : '';
  if (!isLocalCss(`${name}${node.prelude ? generate(node.prelude) : ''}`)) return false;
  if (node.block) removeForeign(node.block);
  return true;
}
