import { ImageServiceError } from '../errors.ts';

/** Reads bytes at an offset of a file; fewer at its end. */
export type BytesAt = (at: number, length: number) => Promise<Buffer>;

/** Signatures of raw files that are no TIFF, or a TIFF that tells its kind at the beginning. */
const SIGNATURES: readonly { kind: string; at: number; bytes: string }[] = [
  { kind: 'CR3', at: 4, bytes: 'ftypcrx ' },
  { kind: 'CRW', at: 6, bytes: 'HEAPCCDR' },
  { kind: 'IIQ', at: 0, bytes: 'IIIITwaR' },
  { kind: 'IIQ', at: 0, bytes: 'MMMMRawT' },
  { kind: 'MRW', at: 0, bytes: '\0MRM' },
  { kind: 'ORF', at: 0, bytes: 'IIRO' },
  { kind: 'ORF', at: 0, bytes: 'IIRS' },
  { kind: 'ORF', at: 0, bytes: 'MMOR' },
  { kind: 'RAF', at: 0, bytes: 'FUJIFILMCCD-RAW' },
  { kind: 'RW2', at: 0, bytes: 'IIU\0' },
  { kind: 'X3F', at: 0, bytes: 'FOVb' },
];

const SIGNATURE_BYTES = 16;

/**
 * Bytes after the header of TIFFs from cameras of this maker. Without the maker they say nothing: many programs put the pixels there,
 * which may have any value.
 */
const BEHIND_HEADER: readonly { kind: string; bytes: string; maker: RegExp }[] = [
  { kind: 'CR2', bytes: 'CR\x02', maker: /^canon/i },
  { kind: 'IIQ', bytes: 'IIII', maker: /^phase one|^leaf/i },
];
const BEHIND_HEADER_AT = 8;

const TAGS = { compression: 259, photometric: 262, maker: 271, subDirectories: 330, dngVersion: 50706 } as const;

/** Photometric interpretations of sensor data: one colour per pixel, behind a filter (TIFF/EP, CFA), or all colours (DNG, LinearRaw). */
const SENSOR_COLOURS = [32803, 34892];

/** Compressions of sensor data by makers of cameras: Kodak, Sony, Nikon, Samsung and Pentax. */
const SENSOR_COMPRESSIONS = [262, 32767, 32769, 32770, 34713, 65000, 65535];

/** The name of the raw format of each camera maker whose raw files are TIFFs. */
const KIND_OF_MAKER: readonly [RegExp, string][] = [
  [/^nikon/i, 'NEF'],
  [/^sony/i, 'ARW'],
  [/^pentax|^ricoh/i, 'PEF'],
  [/^samsung/i, 'SRW'],
  [/^hasselblad/i, '3FR'],
  [/^phase one|^leaf/i, 'IIQ'],
  [/^epson/i, 'ERF'],
  [/^mamiya/i, 'MEF'],
  [/^eastman|^kodak/i, 'DCR'],
];

/** No camera writes more directories, entries, or bytes of a maker's name. */
const MOST_DIRECTORIES = 16;
const MOST_ENTRIES = 512;
const MAKER_BYTES = 32;

/** Signs, in the directories of a TIFF, that it is a camera's raw file. */
interface Signs {
  maker: string;
  isDng: boolean;
  isOfSensor: boolean;
}

/**
 * The kind of a camera's raw file, from its beginning and its directories; undefined if it is not a raw file. Other TIFFs with directories
 * below the first, or with a reduced image, are not raw files.
 */
async function rawKindOf(bytesAt: BytesAt): Promise<string | undefined> {
  const head = (await bytesAt(0, SIGNATURE_BYTES)).toString('latin1');
  const signed = SIGNATURES.find(({ at, bytes }) => head.startsWith(bytes, at));
  if (signed) return signed.kind;
  if (!head.startsWith('II*\0') && !head.startsWith('MM\0*')) return undefined;
  const { isDng, isOfSensor, maker } = await signsOf(bytesAt, head.startsWith('II'));
  if (isDng) return 'DNG';
  const made = BEHIND_HEADER.find(({ bytes, maker: by }) => head.startsWith(bytes, BEHIND_HEADER_AT) && by.test(maker));
  if (made) return made.kind;
  return isOfSensor ? (KIND_OF_MAKER.find(([name]) => name.test(maker))?.[1] ?? 'raw') : undefined;
}

/** Reads the first directories: those of the chain, and those below them. */
async function signsOf(bytesAt: BytesAt, isLittle: boolean): Promise<Signs> {
  const number = async (at: number, length: 2 | 4): Promise<number> => {
    const bytes = await bytesAt(at, length);
    if (bytes.length < length) return 0;
    return isLittle ? bytes.readUIntLE(0, length) : bytes.readUIntBE(0, length);
  };
  const signs: Signs = { maker: '', isDng: false, isOfSensor: false };
  const places = [await number(4, 4)];
  const seen = new Set<number>([0]);
  for (let place = places.shift(); place !== undefined && seen.size <= MOST_DIRECTORIES; place = places.shift()) {
    if (seen.has(place)) continue;
    seen.add(place);
    const entries = Math.min(MOST_ENTRIES, await number(place, 2));
    for (let at = place + 2; at < place + 2 + 12 * entries; at += 12) {
      const [tag, type, count] = [await number(at, 2), await number(at + 2, 2), await number(at + 4, 4)];
      const value = await number(at + 8, type === 3 ? 2 : 4);
      if (tag === TAGS.dngVersion) signs.isDng = true;
      if (tag === TAGS.photometric) signs.isOfSensor ||= SENSOR_COLOURS.includes(value);
      if (tag === TAGS.compression) signs.isOfSensor ||= SENSOR_COMPRESSIONS.includes(value);
      if (tag === TAGS.maker && !signs.maker)
        signs.maker = (await bytesAt(count > 4 ? value : at + 8, Math.min(count, MAKER_BYTES))).toString('latin1');
      if (tag === TAGS.subDirectories)
        for (let index = 0; index < Math.min(count, MOST_DIRECTORIES); index += 1)
          places.push(count === 1 ? value : await number(value + 4 * index, 4));
    }
    places.push(await number(place + 2 + 12 * entries, 4));
  }
  return signs;
}

/** Refuses a camera's raw file. TIFF decoders would show its thumbnail. */
export async function refuseRawFile(bytesAt: BytesAt): Promise<void> {
  const kind = await rawKindOf(bytesAt);
  if (!kind) return;
  const named = kind === 'raw' ? 'a raw file of a camera' : `a raw file of a camera (${kind})`;
  throw new ImageServiceError(
    'unsupported_image',
    `The bytes are ${named}, which contains sensor data and has to be developed first. Export it as JPEG, TIFF or PNG, or upload the JPEG that the camera stored beside it.`,
  );
}
