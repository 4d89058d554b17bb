import sharp from 'sharp';
import { photograph } from './picture.ts';
import { type TiffEntry, withEntries } from './tiff-entries.ts';

const short = (tag: number, value: number): TiffEntry => ({
  tag,
  type: 3,
  count: 1,
  value: Buffer.from([value & 255, value >> 8]),
});
export const long = (tag: number, value: number): TiffEntry => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { tag, type: 4, count: 1, value: bytes };
};
const maker = (name: string): TiffEntry => ({
  tag: 271,
  type: 2,
  count: name.length + 1,
  value: Buffer.from(`${name}\0`, 'latin1'),
});

/** A TIFF of a small picture, like the thumbnail of a camera in the first directory. */
const thumbnail = (): Promise<Buffer> => photograph(64, 48).tiff({ compression: 'none' }).toBuffer();

/** A directory of these entries, which contain their values. */
function directoryOf(entries: readonly TiffEntry[]): Buffer {
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [index, { tag, type, count, value }] of entries.entries()) {
    const at = 2 + 12 * index;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(count, at + 4);
    value.copy(directory, at + 8);
  }
  return directory;
}

/** A TIFF with these entries in its first directory, and others in sub-directories. */
async function tiffWith(first: readonly TiffEntry[], ...below: (readonly TiffEntry[])[]): Promise<Buffer> {
  let file = await thumbnail();
  const places = below.map((entries) => {
    const place = file.length;
    file = Buffer.concat([file, directoryOf(entries)]);
    return place;
  });
  const value = Buffer.alloc(4 * places.length);
  for (const [index, place] of places.entries()) value.writeUInt32LE(place, 4 * index);
  const pointer = { tag: 330, type: 4, count: places.length, value };
  return withEntries(file, [...first, ...(places.length > 0 ? [pointer] : [])]);
}

const REDUCED = long(254, 1);
const SENSOR = [long(256, 6000), long(257, 4000), short(262, 32803)];
const PACKED = [long(256, 6000), long(257, 4000), short(259, 34713), short(262, 1)];

/** Raw files that begin as a TIFF with a thumbnail, by name. */
export const RAW_TIFFS: Record<string, () => Promise<Buffer>> = {
  DNG: () => tiffWith([REDUCED, { tag: 50706, type: 1, count: 4, value: Buffer.from([1, 4, 0, 0]) }]),
  NEF: () => tiffWith([REDUCED, maker('NIKON CORPORATION')], [REDUCED], PACKED),
  ARW: () => tiffWith([REDUCED, maker('SONY')], SENSOR),
  SRW: () => tiffWith([maker('SAMSUNG')], [REDUCED], SENSOR),
  PEF: () => tiffWith([maker('PENTAX Corporation')], SENSOR),
  '3FR': () => tiffWith([REDUCED, maker('Hasselblad')], [], SENSOR),
  IIQ: async () => {
    const tiff = await tiffWith([maker('Phase One A/S')]);
    tiff.write('IIII', 8, 'latin1');
    return tiff;
  },
  CR2: async () => {
    const tiff = await tiffWith([maker('Canon')]);
    // A picture of zeros there, and the signature where its first pixels are.
    tiff.write('CR\x02\0', 8, 'latin1');
    return tiff;
  },
};

const begun = (text: string, at = 0): Buffer => {
  const file = Buffer.alloc(4096);
  file.write(text, at, 'latin1');
  return file;
};

/** Raw files that are not TIFFs. */
export const OTHER_RAW_FILES: Record<string, Buffer> = {
  CR3: begun('\0\0\0\x18ftypcrx \0\0\0\x01crx isom'),
  CRW: begun('II\x1a\0\0\0HEAPCCDR'),
  IIQ: begun('IIIITwaR'),
  MRW: begun('\0MRM'),
  ORF: begun('IIRO\x08\0\0\0'),
  RAF: begun('FUJIFILMCCD-RAW 0201'),
  RW2: begun('IIU\0\x18\0\0\0'),
  X3F: begun('FOVb'),
};

/** TIFFs with properties of raw files that are not raw files. */
export const PLAIN_TIFFS: Record<string, () => Promise<Buffer>> = {
  'a reduced first image': () => tiffWith([REDUCED]),
  'overviews in directories below': () =>
    tiffWith([], [REDUCED, short(262, 2), short(259, 1)], [REDUCED, short(262, 2)]),
  'the name of a maker of cameras': () => tiffWith([maker('NIKON CORPORATION')], [REDUCED]),
  'pixels of the value of a signature, behind the header': () =>
    sharp(Buffer.alloc(64 * 48, 'I'), { raw: { width: 64, height: 48, channels: 1 } })
      .tiff({ compression: 'none' })
      .toBuffer(),
  'pixels like those of CR2, behind the header': async () => {
    const tiff = await tiffWith([maker('NIKON CORPORATION')]);
    tiff.write('CR\x02', 8, 'latin1');
    return tiff;
  },
  'levels of a pyramid': () =>
    sharp({ create: { width: 600, height: 400, channels: 3, background: '#369' } })
      .tiff({ pyramid: true, tile: true, tileWidth: 128, tileHeight: 128 })
      .toBuffer(),
};
