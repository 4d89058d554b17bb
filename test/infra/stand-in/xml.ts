/** Reads just the XML in these tests: without namespaces, CDATA and attributes that matter. */
const element = (name: string) => new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</${name}>)`, 'g');

/** The first element of that name with its contents, unchanged. */
export const cut = (xml: string, name: string): string => xml.match(element(name))?.[0] ?? '';

/** The contents of each element of that name. */
export const inside = (xml: string, name: string): string[] =>
  [...xml.matchAll(element(name))].map(([, content]) => content ?? '');

/** An element whose contents are given as XML. */
export const wrap = (name: string, ...content: string[]): string => `<${name}>${content.join('')}</${name}>`;
