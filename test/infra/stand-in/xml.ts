/** Of elements that are read for a test and no others: without namespaces, CDATA and attributes that matter. */
const element = (name: string) => new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</${name}>)`, 'g');

/** The first element of that name with all that is in it, as it came. */
export const cut = (xml: string, name: string): string => xml.match(element(name))?.[0] ?? '';

/** What is inside each element of that name. */
export const inside = (xml: string, name: string): string[] =>
  [...xml.matchAll(element(name))].map(([, content]) => content ?? '');

/** An element with what is inside given as XML. */
export const wrap = (name: string, ...content: string[]): string => `<${name}>${content.join('')}</${name}>`;
