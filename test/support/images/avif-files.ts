import sharp from 'sharp';

export const word = (value: number, bytes = 4): Buffer => {
  const made = Buffer.alloc(bytes);
  made.writeUIntBE(value, 0, bytes);
  return made;
};

export const box = (type: string, ...content: Buffer[]): Buffer => {
  const all = Buffer.concat(content);
  return Buffer.concat([word(all.length + 8), Buffer.from(type, 'latin1'), all]);
};

const full = (type: string, [version, flags]: [number, number], ...content: Buffer[]): Buffer =>
  box(type, word(version, 1), word(flags, 3), ...content);

/** The description of an image in an AVIF. The first of a list has the number 1. */
export interface Item {
  type?: string;
  /** The size in its `ispe`; null for an item without one. */
  size: [number, number] | null;
  /** The data of the item, coded or a recipe. Equal bytes are stored once for all items. */
  data?: Buffer;
  /** The number of extents of its data. */
  pieces?: number;
  av1C?: Buffer;
  /** Properties beside its size, as boxes. */
  properties?: Buffer[];
  /** For the type `mime`: the content type and encoding, each with its terminator. */
  content?: string;
  /** The contents of its `colr`. */
  colr?: Buffer;
  isHidden?: boolean;
  isAlpha?: boolean;
  refers?: [type: string, ...to: number[]][];
}

const ALPHA = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0';

/**
 * An AVIF of these items (ISO/IEC 23008-12), of which the last is the primary one by default. `moreMeta` is added to the `meta` box, and
 * `brands` are those of the `ftyp` box.
 */
export function avifFrom(
  items: Item[],
  {
    primary = items.length,
    moreMeta = Buffer.alloc(0),
    brands = 'avif\0\0\0\0avifmif1miaf',
  }: { primary?: number; moreMeta?: Buffer; brands?: string } = {},
): Buffer {
  const properties: Buffer[] = [];
  const numberOf = (property: Buffer): number => {
    const found = properties.findIndex((each) => each.equals(property));
    return found < 0 ? properties.push(property) : found + 1;
  };
  const associations = items.map(({ size, av1C, colr, properties: more = [], isAlpha }, index) => {
    const channels = isAlpha ? [8] : [8, 8, 8];
    const own = [
      ...(size ? [full('ispe', [0, 0], word(size[0]), word(size[1]))] : []),
      full('pixi', [0, 0], word(channels.length, 1), Buffer.from(channels)),
      ...(av1C ? [box('av1C', av1C)] : []),
      ...(colr ? [box('colr', colr)] : []),
      ...more,
      ...(isAlpha ? [full('auxC', [0, 0], Buffer.from(ALPHA))] : []),
    ].map(numberOf);
    return Buffer.concat([word(index + 1), word(own.length, 1), ...own.map((number) => word(number, 2))]);
  });
  const stored: Buffer[] = [];
  const places = items.map(({ data = Buffer.alloc(0), pieces = 1 }) => {
    const found = stored.findIndex((each) => each.equals(data));
    const at = found < 0 ? stored.push(data) - 1 : found;
    const offset = stored.slice(0, at).reduce((sum, { length }) => sum + length, 0);
    const ends = Array.from({ length: pieces + 1 }, (_, piece) => Math.floor((piece * data.length) / pieces));
    return ends
      .slice(1)
      .map((end, piece) => ({ offset: offset + (ends[piece] ?? 0), length: end - (ends[piece] ?? 0) }));
  });
  const infos = items.map(({ type = 'av01', isHidden = false, content = '' }, index) =>
    full('infe', [3, isHidden ? 1 : 0], word(index + 1), word(0, 2), Buffer.from(`${type}\0${content}`, 'latin1')),
  );
  const references = items.flatMap(({ refers = [] }, index) =>
    refers.map(([type, ...to]) => box(type, word(index + 1), word(to.length, 2), ...to.map((id) => word(id)))),
  );
  const head = box('ftyp', Buffer.from(brands, 'latin1'));
  const metaAt = (base: number): Buffer => {
    const extents = places.map((pieces, index) =>
      Buffer.concat([
        word(index + 1),
        word(0),
        word(pieces.length, 2),
        ...pieces.flatMap(({ offset, length }) => [word(base + offset), word(length)]),
      ]),
    );
    return full(
      'meta',
      [0, 0],
      full('hdlr', [0, 0], word(0), Buffer.from('pict'), Buffer.alloc(13)),
      full('pitm', [1, 0], word(primary)),
      full('iloc', [2, 0], word(0x4400, 2), word(items.length), ...extents),
      full('iinf', [1, 0], word(items.length), ...infos),
      box('iprp', box('ipco', ...properties), full('ipma', [1, 1], word(items.length), ...associations)),
      ...(references.length > 0 ? [full('iref', [1, 0], ...references)] : []),
      moreMeta,
    );
  };
  const base = head.length + metaAt(0).length + 8;
  // libvips reads slightly beyond the end of the data.
  return Buffer.concat([head, metaAt(base), box('mdat', ...stored), box('free', Buffer.alloc(4096))]);
}

/** An AVIF with an nclx box for its colours, in full range. */
export const nclxOf = (primaries: number, transfer: number): Buffer =>
  Buffer.concat([Buffer.from('nclx'), word(primaries, 2), word(transfer, 2), word(6, 2), word(0x80, 1)]);

/** The recipe of a grid (ISO/IEC 23008-12, 6.6.2.3) with sides of 32 bits. */
export const gridOf = ([width, height]: [number, number], [columns, rows]: [number, number]): Buffer =>
  Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), word(width), word(height)]);

/** The recipe of an overlay (6.6.2.2) of the given number of images, all in its corner. */
export const overlayOf = ([width, height]: [number, number], images: number): Buffer =>
  Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 0, 0, 0, 255, 255]), word(width), word(height), Buffer.alloc(8 * images)]);

/** A coded image of a size to build others from: a plain one, or one of these pixels. */
export async function tileOf([width, height]: [number, number], pixels?: Buffer<ArrayBuffer>): Promise<Item> {
  const create = { width, height, channels: 3, background: '#2a6' } as const;
  const image = pixels ? sharp(pixels, { raw: { width, height, channels: 3 } }) : sharp({ create });
  const avif = await image.avif({ effort: 0, quality: 100 }).toBuffer();
  const content = (type: string): Buffer => {
    const at = avif.indexOf(type, 0, 'latin1');
    return avif.subarray(at + 4, at - 4 + avif.readUInt32BE(at - 4));
  };
  return { size: [width, height], data: content('mdat'), av1C: content('av1C') };
}
