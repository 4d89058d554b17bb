/*
 * Of XMP, what a reader needs to show the first picture of a JPEG brighter by the one behind it (Ultra HDR,
 * https://developer.android.com/media/platform/hdr-image-format): numbers, and the lengths of both pictures. It is written anew, so that nothing
 * comes along that is no number.
 */

const NAMESPACES = {
  hdrgm: 'http://ns.adobe.com/hdr-gain-map/1.0/',
  Container: 'http://ns.google.com/photos/1.0/container/',
  Item: 'http://ns.google.com/photos/1.0/container/item/',
} as const;

/** The parameters of a gain map that are numbers, one or one for each channel. */
const NUMBERS = [
  'GainMapMin',
  'GainMapMax',
  'Gamma',
  'OffsetSDR',
  'OffsetHDR',
  'HDRCapacityMin',
  'HDRCapacityMax',
] as const;

const NUMBER = /^[-+]?\d{1,12}(\.\d{1,20})?([eE][-+]?\d{1,3})?$/;
const SEMANTICS = ['Primary', 'GainMap'];
const MOST_CHARACTERS = 48;

/** The text between two others, if it is of this form. */
function between(xmp: string, before: string, after: string, form: RegExp): string | undefined {
  const at = xmp.indexOf(before);
  if (at < 0) return undefined;
  const [value = ''] = xmp.slice(at + before.length, at + before.length + MOST_CHARACTERS).split(after, 1);
  return form.test(value) ? value : undefined;
}

const attribute = (xmp: string, name: string, form: RegExp): string | undefined => between(xmp, `${name}="`, '"', form);

/** The XMP of a gain map or of its picture, in as many bytes; undefined if it is none, or if there is no room. */
export function gainMapXmp(xmp: Buffer): Buffer | undefined {
  const text = xmp.toString('latin1');
  const version = attribute(text, 'hdrgm:Version', /^\d\.\d$/);
  if (!version || !text.includes(NAMESPACES.hdrgm)) return undefined;
  const isHdr = attribute(text, 'hdrgm:BaseRenditionIsHDR', /^(True|False)$/);
  const attributes = [
    ['Version', version],
    ...(isHdr ? [['BaseRenditionIsHDR', isHdr]] : []),
    ...NUMBERS.flatMap((name) => {
      const value = attribute(text, `hdrgm:${name}`, NUMBER);
      return value ? [[name, value]] : [];
    }),
  ];
  const elements = [...NUMBERS.flatMap((name) => channels(text, name)), ...directory(text)];
  const spaces = Object.entries(NAMESPACES).filter(
    ([prefix]) => prefix === 'hdrgm' || elements.join('').includes(`${prefix}:`),
  );
  const made = [
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description',
    ...spaces.map(([prefix, name]) => ` xmlns:${prefix}="${name}"`),
    ...attributes.map(([name, value]) => ` hdrgm:${name}="${value}"`),
    '>',
    ...elements,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
  ].join('');
  return made.length <= xmp.length ? Buffer.from(made.padEnd(xmp.length), 'latin1') : undefined;
}

/** A parameter with a number for each of three channels. */
function channels(text: string, name: string): string[] {
  const begin = text.indexOf(`<hdrgm:${name}>`);
  const end = text.indexOf(`</hdrgm:${name}>`, begin);
  if (begin < 0 || end < 0) return [];
  const numbers = text
    .slice(begin, end)
    .split('<rdf:li>', 4)
    .slice(1)
    .map((item) => item.split('<', 1)[0]?.trim() ?? '');
  if (!numbers.every((number) => NUMBER.test(number))) return [];
  const items = numbers.map((number) => `<rdf:li>${number}</rdf:li>`);
  return [`<hdrgm:${name}><rdf:Seq>${items.join('')}</rdf:Seq></hdrgm:${name}>`];
}

/** The list of pictures, if it begins with the two that belong together. Others, such as films, are not there any more. */
function directory(text: string): string[] {
  const items = text
    .split('<Container:Item', 3)
    .slice(1)
    .map((rest) => rest.split('>', 1)[0] ?? '')
    .map((item) => ({
      semantic: attribute(item, 'Item:Semantic', /^[A-Za-z]+$/),
      length: attribute(item, 'Item:Length', /^\d{1,10}$/),
    }));
  if (items.length !== 2 || items.some(({ semantic }, index) => semantic !== SEMANTICS[index])) return [];
  const written = items.map(({ semantic, length }) => {
    const told = length ? ` Item:Length="${length}"` : '';
    return `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="${semantic}" Item:Mime="image/jpeg"${told}/></rdf:li>`;
  });
  return [`<Container:Directory><rdf:Seq>${written.join('')}</rdf:Seq></Container:Directory>`];
}
