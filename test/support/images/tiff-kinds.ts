/** How the pixels of a TIFF are stored (TIFF 6.0), and their values. */
export interface TiffKind {
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 CIE Lab, 9 ICC Lab. */
  photometric: number;
  bits: number;
  /** 1 whole numbers, 2 with a sign, 3 floating point. */
  sampleFormat?: number;
  /** One after the other for each channel, and not for each pixel. */
  isPlanar?: boolean;
  /** The kinds of the channels after the colours: 0 is unspecified, 1 and 2 are transparency. */
  extra?: number[];
}

type Entry = [tag: number, type: 3 | 4, values: number[]];

function halfOf(value: number): number {
  if (value <= 0) return 0;
  const exponent = Math.max(-14, Math.floor(Math.log2(value)));
  const fraction = Math.round((value / 2 ** exponent - 1) * 1024);
  return ((exponent + 15) << 10) + fraction;
}

/** A sample with the given number of bits, little-endian. */
function sampleOf(value: number, { bits, sampleFormat = 1 }: TiffKind): Buffer {
  const bytes = Buffer.alloc(bits / 8);
  if (sampleFormat === 3 && bits === 16) bytes.writeUInt16LE(halfOf(value));
  else if (sampleFormat === 3 && bits === 32) bytes.writeFloatLE(value);
  else if (sampleFormat === 3) bytes.writeDoubleLE(value);
  else if (sampleFormat === 2) bytes.writeIntLE(value, 0, bits / 8);
  else bytes.writeUIntLE(value, 0, bits / 8);
  return bytes;
}

/** A little-endian, uncompressed TIFF whose pixels all have these values. */
export function tiffOfKind(kind: TiffKind, values: readonly number[], [width, height] = [24, 16]): Buffer {
  const { photometric, bits, sampleFormat = 1, isPlanar = false, extra = [] } = kind;
  const samples = values.map((value) => sampleOf(value, kind));
  const pixels = width * height;
  const planes = isPlanar
    ? samples.map((sample) => Buffer.concat(Array<Buffer>(pixels).fill(sample)))
    : [Buffer.concat(Array<Buffer>(pixels).fill(Buffer.concat(samples)))];
  const channels = values.length;
  const at: number[] = [];
  let offset = 8;
  for (const { length } of planes) {
    at.push(offset);
    offset += length;
  }
  const entries: Entry[] = [
    [256, 3, [width]],
    [257, 3, [height]],
    [258, 3, Array<number>(channels).fill(bits)],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, at],
    [277, 3, [channels]],
    [278, 3, [height]],
    [279, 4, planes.map(({ length }) => length)],
    [284, 3, [isPlanar ? 2 : 1]],
    ...(extra.length > 0 ? [[338, 3, extra] satisfies Entry] : []),
    [339, 3, Array<number>(channels).fill(sampleFormat)],
    ...(photometric === 6 ? [[530, 3, [1, 1]] satisfies Entry] : []),
  ];
  return Buffer.concat([Buffer.from('49492a00', 'hex'), long(offset), ...planes, directoryOf(entries, offset)]);
}

const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

function directoryOf(entries: Entry[], offset: number): Buffer {
  const table = Buffer.alloc(2 + 12 * entries.length + 4);
  table.writeUInt16LE(entries.length, 0);
  const more: Buffer[] = [];
  let end = offset + table.length;
  for (const [index, [tag, type, values]] of entries.entries()) {
    const at = 2 + 12 * index;
    const bytes = Buffer.concat(values.map((value) => (type === 3 ? long(value).subarray(0, 2) : long(value))));
    table.writeUInt16LE(tag, at);
    table.writeUInt16LE(type, at + 2);
    table.writeUInt32LE(values.length, at + 4);
    if (bytes.length <= 4) bytes.copy(table, at + 8);
    else {
      table.writeUInt32LE(end, at + 8);
      more.push(bytes);
      end += bytes.length;
    }
  }
  return Buffer.concat([table, ...more]);
}
