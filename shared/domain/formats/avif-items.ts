import { ImageServiceError } from '../errors.ts';
import type { Size } from '../geometry.ts';

/** A range of an item's data. Its offset counts from the beginning of the file, or from that of the content of `meta`. */
export interface Extent {
  offset: number;
  length: number;
  isInMeta: boolean;
}

/** An image of an AVIF or a HEIC, or a part of one (ISO/IEC 23008-12). */
export interface AvifItem {
  /** `av01` and `hvc1` are coded; `grid`, `iovl` and `iden` are derived from others. */
  type: string;
  isHidden: boolean;
  /** Whether it is the thumbnail, the transparency or the depth of another item. */
  isAttached: boolean;
  /** Whether it is the transparency of the item that it is attached to. */
  isAlpha: boolean;
  /** From its `ispe`; the largest, if there are several. */
  size?: Size;
  /** The size of the part that is shown, from its `clap`. */
  clean?: Size;
  /** For HEVC, the size of the length field before each unit, from its `hvcC`. */
  lengthBytes?: number;
  /** Whether it is shown turned by 90 or 270 degrees, from its `irot`, so that width and height are exchanged. */
  isOnItsSide: boolean;
  /** Primaries and transfer function from its nclx (ITU-T H.273), if it has one. */
  nclx?: { primaries: number; transfer: number };
  /** Whether it has a colour profile, which takes precedence over nclx. */
  hasProfile?: boolean;
  /** Ids of the items that it is derived from, cell by cell. */
  parts: number[];
  /** Ids of the items that are its transparency. */
  alphas: number[];
  extents: Extent[];
  /** Whether it is compressed metadata, which a reader inflates. */
  isDeflated: boolean;
}

/** The items of an AVIF or a HEIC, from its `meta` box. */
export interface AvifItems {
  primary: number;
  byId: Map<number, AvifItem>;
}

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): where its content begins and ends. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/** The types of auxiliary images that libheif takes for a transparency. */
const ALPHA_TYPES = [
  'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha',
  'urn:mpeg:hevc:2015:auxid:1',
  'urn:mpeg:avc:2015:auxid:1',
];

const LONGEST_ALPHA_TYPE = Math.max(...ALPHA_TYPES.map(({ length }) => length));

/** Version and flags of a full box (ISO/IEC 14496-12, 4.2.2). */
export const FULL_HEADER_BYTES = 4;

const unreadable = (why: string): ImageServiceError =>
  new ImageServiceError('image_unreadable', `The header of the image is damaged: ${why}.`);

/** Reads numbers one after the other, up to the end of a box. */
class Cursor {
  at: number;
  readonly bytes: Buffer;
  readonly end: number;

  constructor(bytes: Buffer, { start, end }: Pick<Box, 'start' | 'end'>) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** A number of 0 to 8 bytes. */
  take(length: number): number {
    const from = this.at;
    this.skip(length);
    if (length === 0) return 0;
    return length > 6 ? Number(this.bytes.readBigUInt64BE(from)) : this.bytes.readUIntBE(from, length);
  }

  text(length: number): string {
    const from = this.at;
    this.skip(length);
    return this.bytes.toString('latin1', from, this.at);
  }

  skip(length: number): void {
    if (this.at + length > this.end) {
      throw unreadable('one of its boxes is cut');
    }
    this.at += length;
  }
}

/** Yields and counts the boxes of a range. A size of 0 means the rest of the range; a size of 1 means that a 64-bit size follows. */
export function* boxesIn(bytes: Buffer, within: Pick<Box, 'start' | 'end'>, count: () => void): Generator<Box> {
  for (let at = within.start; at + 8 <= within.end; ) {
    count();
    const cursor = new Cursor(bytes, { start: at, end: within.end });
    const short = cursor.take(4);
    const type = cursor.text(4);
    const size = short === 1 ? cursor.take(8) : short || within.end - at;
    if (type === 'uuid') cursor.skip(16);
    const box = { type, start: cursor.at, end: at + size };
    cursor.skip(box.end - box.start);
    if (box.end < box.start) return;
    yield box;
    at = box.end;
  }
}

/** Callbacks that count the parts of a file, and throw if there are too many. */
export interface Counters {
  /** Called for each item. */
  countItem: () => void;
  /** Called for each box, property, reference and extent. */
  count: () => void;
}

/**
 * Reads the content of a `meta` box. If a box occurs twice, both are merged, so that a decoder that reads either of them never decodes more than the result says.
 */
export function readAvifItems(meta: Buffer, { countItem, count }: Counters): AvifItems {
  const items: AvifItems = { primary: 0, byId: new Map() };
  const boxes = [...boxesIn(meta, { start: FULL_HEADER_BYTES, end: meta.length }, count)];
  const idat = boxes.find(({ type }) => type === 'idat')?.start ?? 0;
  // References and properties name items of `iinf`, which may come after them.
  for (const type of ['pitm', 'iinf', 'iprp', 'iref', 'iloc'] as const)
    for (const box of boxes) if (box.type === type) READERS[type]({ meta, box, items, idat, countItem, count });
  return items;
}

interface Reading extends Counters {
  meta: Buffer;
  box: Box;
  items: AvifItems;
  /** The offset of the content of `idat`. */
  idat: number;
}

const READERS: Record<'pitm' | 'iinf' | 'iprp' | 'iref' | 'iloc', (reading: Reading) => void> = {
  pitm({ meta, box, items }) {
    const { version, cursor } = fullBox(meta, box);
    items.primary = cursor.take(version === 0 ? 2 : 4);
  },
  iinf({ meta, box, items, countItem, count }) {
    const { version, cursor } = fullBox(meta, box);
    cursor.skip(version === 0 ? 2 : 4);
    for (const entry of boxesIn(meta, { start: cursor.at, end: box.end }, count)) {
      const { version: form, flags, cursor: info } = fullBox(meta, entry);
      // Older entries have no type, and are no images.
      if (form < 2) continue;
      countItem();
      const id = info.take(form === 2 ? 2 : 4);
      info.skip(2);
      // Decoders differ in which of the two they use.
      if (items.byId.has(id)) throw unreadable('it has two items with the same id');
      const isHidden = (flags & 1) === 1;
      const type = info.text(4);
      // Name, content type and content encoding, each ending in a zero byte.
      const isDeflated = type === 'mime' && Boolean(info.text(info.end - info.at).split('\0', 3)[2]);
      const shown = {
        isHidden,
        isAttached: false,
        isAlpha: false,
        isOnItsSide: false,
        parts: [],
        alphas: [],
        extents: [],
      };
      items.byId.set(id, { type, isDeflated, ...shown });
    }
  },
  iprp({ meta, box, items, count }) {
    const boxes = [...boxesIn(meta, box, count)];
    const properties = boxes.flatMap((each) => (each.type === 'ipco' ? [...boxesIn(meta, each, count)] : []));
    for (const each of boxes) if (each.type === 'ipma') associate({ meta, box: each, items, count }, properties);
  },
  iref({ meta, box, items, count }) {
    const { version, cursor } = fullBox(meta, box);
    const idBytes = version === 0 ? 2 : 4;
    for (const reference of boxesIn(meta, { start: cursor.at, end: box.end }, count)) {
      const entry = new Cursor(meta, reference);
      const from = entry.take(idBytes);
      for (let left = entry.take(2); left > 0; left -= 1) {
        count();
        refer(items, { type: reference.type, from, to: entry.take(idBytes) });
      }
    }
  },
  iloc: locate,
};

function fullBox(meta: Buffer, box: Box): { version: number; flags: number; cursor: Cursor } {
  const cursor = new Cursor(meta, box);
  return { version: cursor.take(1), flags: cursor.take(3), cursor };
}

/** Gives items the properties that `ipma` assigns to them. Its property indices begin with 1. */
function associate(
  { meta, box, items, count }: Pick<Reading, 'meta' | 'box' | 'items' | 'count'>,
  properties: Box[],
): void {
  const { version, flags, cursor } = fullBox(meta, box);
  const isWide = (flags & 1) === 1;
  for (let left = cursor.take(4); left > 0; left -= 1) {
    count();
    const item = items.byId.get(cursor.take(version === 0 ? 2 : 4));
    for (let more = cursor.take(1); more > 0; more -= 1) {
      count();
      const property = properties[(isWide ? cursor.take(2) % 0x8000 : cursor.take(1) % 0x80) - 1];
      if (item && property) describe(item, { meta, property });
    }
  }
}

function describe(item: AvifItem, { meta, property }: { meta: Buffer; property: Box }): void {
  // Anticlockwise quarter turns (ISO/IEC 23008-12, 6.5.10).
  if (property.type === 'irot') item.isOnItsSide = (new Cursor(meta, property).take(1) & 1) === 1;
  if (property.type === 'colr') readColour(item, new Cursor(meta, property));
  if (property.type === 'clap') item.clean = readClean(new Cursor(meta, property));
  // ISO/IEC 14496-15, 8.3.3.1: lengthSizeMinusOne.
  if (property.type === 'hvcC') item.lengthBytes = 1 + ((meta[property.start + HVCC_LENGTH_AT] ?? 3) & 3);
  const { cursor } = property.type === 'ispe' || property.type === 'auxC' ? fullBox(meta, property) : {};
  if (!cursor) return;
  if (property.type === 'auxC') {
    const [type = ''] = cursor.text(Math.min(LONGEST_ALPHA_TYPE + 1, cursor.end - cursor.at)).split('\0', 1);
    item.isAlpha ||= ALPHA_TYPES.includes(type);
    return;
  }
  const size = { width: cursor.take(4), height: cursor.take(4) };
  if (!item.size || size.width * size.height > item.size.width * item.size.height) item.size = size;
}

/** Reads a colour: nclx or a profile; an item may have both (ISO/IEC 14496-12, 12.1.5). */
function readColour(item: AvifItem, cursor: Cursor): void {
  const kind = cursor.text(4);
  if (kind === 'nclx') item.nclx ??= { primaries: cursor.take(2), transfer: cursor.take(2) };
  else item.hasProfile = true;
}

const HVCC_LENGTH_AT = 21;

/** Reads width and height, each a fraction (ISO/IEC 14496-12, 12.1.4). */
function readClean(cursor: Cursor): Size {
  const [width = 0, by = 0, height = 0, under = 0] = [4, 4, 4, 4].map((bytes) => cursor.take(bytes));
  return { width: Math.round(width / by), height: Math.round(height / under) };
}

function refer({ byId }: AvifItems, { type, from, to }: { type: string; from: number; to: number }): void {
  const item = byId.get(from);
  if (!item) return;
  if (type === 'dimg') item.parts.push(to);
  if (type === 'thmb' || type === 'auxl') item.isAttached = true;
  if (type === 'auxl' && item.isAlpha) byId.get(to)?.alphas.push(from);
}

/** Reads where the data of items are (ISO/IEC 14496-12, 8.11.3). Data inside other items are left out, as libheif does not read them. */
function locate({ meta, box, items, idat, count }: Reading): void {
  const { version, cursor } = fullBox(meta, box);
  const sizes = cursor.take(2);
  const [offsetBytes = 0, lengthBytes = 0, baseBytes = 0, index = 0] = [12, 8, 4, 0].map((bit) => (sizes >> bit) & 15);
  const indexBytes = version === 0 ? 0 : index;
  // The standard has no other field sizes, and decoders differ in how they read them.
  if (![offsetBytes, lengthBytes, baseBytes, indexBytes].every((bytes) => bytes % 4 === 0 && bytes <= 8))
    throw unreadable('the locations of its items have fields of an unknown size');
  for (let left = cursor.take(version < 2 ? 2 : 4); left > 0; left -= 1) {
    count();
    const item = items.byId.get(cursor.take(version < 2 ? 2 : 4));
    const method = version === 0 ? 0 : cursor.take(2) & 15;
    cursor.skip(2);
    const base = cursor.take(baseBytes) + (method === 1 ? idat : 0);
    for (let more = cursor.take(2); more > 0; more -= 1) {
      count();
      cursor.skip(indexBytes);
      const extent = {
        offset: base + cursor.take(offsetBytes),
        length: cursor.take(lengthBytes),
        isInMeta: method === 1,
      };
      if (method < 2) item?.extents.push(extent);
    }
  }
}
