import { type AvifItem, readAvifItems } from '../../domain/formats/avif-items.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { type Box, boxesOf, eraseBox, eraseHandlerName, neutraliseProperties } from './heif-boxes.ts';
import { neutraliseInfos, PICTURES } from './heif-infos.ts';
import { keepGroups, keepNumbers, keepReferences } from './heif-numbers.ts';
import { irremovable } from './irremovable.ts';
import { neutralExif } from './neutral-exif.ts';
import type { ReadAt } from './random-access.ts';
import { merged, type RemovalPlan } from './removal-plan.ts';
import type { Range } from './tiff-entries.ts';

/** A `meta` box in memory. */
interface Meta {
  /** The offset of its content in the file. */
  at: number;
  bytes: Buffer;
  /** Its content as it is to be. */
  made: Buffer;
  kinds: Set<RemovedMetadata>;
}

/** Where a plan is made of what is read. */
export interface Planning {
  read: ReadAt;
  plan: RemovalPlan;
  /** Counts parts of the file. What describes its pictures is gone through at once, so that all that is many is counted before. */
  countParts(parts?: number): void;
}

/** Plans what becomes of the items of a `meta` box, and of the box; `at` is where its content is. */
export async function planItems(planning: Planning, { start: at, end }: Range): Promise<void> {
  const { read, plan, countParts } = planning;
  const bytes = Buffer.from(await read(at, end - at));
  const meta: Meta = { at, bytes, made: Buffer.from(bytes), kinds: new Set() };
  const items = readAvifItems(bytes, { countItem: counter(LIMITS.avifItems), count: countParts });
  const boxes = boxesOf(bytes, { start: 4, end: bytes.length });
  for (const type of ['idat', 'grpl'])
    if (boxes.filter((box) => box.type === type).length > 1) throw irremovable(`its box ${type} is there twice`);
  for (const box of boxes) (BOXES[box.type] ?? erase)(meta, box);
  const kept: Range[] = [];
  for (const item of items.byId.values()) {
    const isPicture = PICTURES.includes(item.type);
    for (const extent of rangesOf(item)) {
      if (extent.isInMeta && isPicture) kept.push(extent);
      else if (isPicture) plan.keep(extent);
    }
    if (!isPicture) await dropItem(planning, meta, item);
  }
  const primary = items.byId.get(items.primary)?.type;
  if (primary !== undefined && !PICTURES.includes(primary))
    throw irremovable(`nobody knows its pictures of type ${primary}`);
  for (const box of boxes) if (box.type === 'idat') eraseData(meta, box, merged(kept));
  plan.rewrite(at, meta.made, ...(meta.kinds.size > 0 ? meta.kinds : ['other' as const]));
}

const counter = (most: number) => {
  let count = 0;
  return () => {
    count += 1;
    if (count > most) throw irremovable(`it has more than ${most} items`);
  };
};

/** Where the data of an item are, in the file or in the content of `meta`. */
function rangesOf({ extents }: AvifItem): (Range & { isInMeta: boolean })[] {
  return extents.map(({ offset, length, isInMeta }) => {
    // The rest of the file.
    if (length === 0) throw irremovable('one of its items does not say how long it is');
    return { start: offset, end: offset + length, isInMeta };
  });
}

const kindOf = ({ type }: AvifItem): RemovedMetadata => (type === 'Exif' ? 'exif' : type === 'mime' ? 'xmp' : 'other');

/** EXIF in one piece is written anew, other items become zeros. Those in `meta` do so with the rest of `idat`. */
async function dropItem({ read, plan }: Planning, meta: Meta, item: AvifItem): Promise<void> {
  const kind = kindOf(item);
  const ranges = rangesOf(item);
  const [first] = ranges;
  const isRewritten = item.type === 'Exif' && ranges.length === 1 && first && !first.isInMeta;
  if (isRewritten && first.end - first.start <= LIMITS.exifBytes) {
    const { bytes, hadGps } = neutralItem(await read(first.start, first.end - first.start));
    plan.rewrite(first.start, bytes, kind, ...(hadGps ? ['gps' as const] : []));
    return;
  }
  for (const range of ranges) {
    if (range.isInMeta) meta.kinds.add(kind);
    else plan.drop(range, kind);
  }
}

/** EXIF of an item has before it how far its header is behind these four bytes (ISO/IEC 23008-12, A.2.1). */
function neutralItem(data: Buffer): { bytes: Buffer; hadGps: boolean } {
  const headerAt = 4 + (data.length < 4 ? 0 : data.readUInt32BE(0));
  if (headerAt > data.length) return { bytes: Buffer.alloc(data.length), hadGps: false };
  const { bytes, hadGps } = neutralExif(data.subarray(headerAt), true);
  const before = Buffer.alloc(headerAt);
  data.copy(before, 0, 0, 4);
  if (headerAt >= 10) before.write('Exif', headerAt - 6, 'latin1');
  return { bytes: Buffer.concat([before, bytes]), hadGps };
}

type Neutralise = (meta: Meta, box: Box) => void;

const erase: Neutralise = ({ made }, box) => eraseBox(made, box);

/** What becomes of the boxes of `meta`; all others are erased. */
const BOXES: Readonly<Record<string, Neutralise>> = {
  hdlr: ({ made }, box) => eraseHandlerName(made, box),
  pitm: ({ made }, box) => keepNumbers(made, box),
  iloc: ({ made }, box) => keepNumbers(made, box),
  iref: ({ made }, box) => keepReferences(made, box),
  grpl: ({ made }, box) => keepGroups(made, box),
  // Its data are looked at when it is known whose they are.
  idat: () => undefined,
  iinf: ({ made }, box) => neutraliseInfos(made, box),
  iprp({ made }, box) {
    for (const each of boxesOf(made, box)) {
      if (each.type === 'ipco') neutraliseProperties(made, each);
      else if (each.type === 'ipma') keepNumbers(made, each);
      else eraseBox(made, each);
    }
  },
};

/** Makes zeros of what no picture has in `idat`. */
function eraseData({ bytes, made }: Meta, box: Box, kept: Range[]): void {
  made.fill(0, box.start, box.end);
  for (const { start, end } of kept)
    bytes.copy(made, Math.max(start, box.start), Math.max(start, box.start), Math.min(end, box.end));
}
