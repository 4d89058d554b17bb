/** Pixels of 8 bits with the profile of their colours. */
interface Described {
  width: number;
  height: number;
  channels: 3 | 4;
  icc?: Buffer | undefined;
}

/** Rows of a strip: libtiff holds one as a whole. */
const STRIP_ROWS = 16;

/** Types of fields (TIFF 6.0, section 2). */
const SHORT = 3;
const LONG = 4;
const ANY = 7;

/**
 * Pixels as an uncompressed TIFF, which is read as any image is: sharp takes none with a colour profile otherwise. `paint` writes the
 * pixels straight into the file, so that there is no copy of them.
 */
export function writeTiff({ width, height, channels, icc }: Described, paint: (pixels: Buffer) => void): Buffer {
  const strips = Math.ceil(height / STRIP_ROWS);
  const stripBytes = STRIP_ROWS * width * channels;
  const total = width * height * channels;
  const lengths = Array.from({ length: strips }, (_, at) => Math.min(stripBytes, total - at * stripBytes));
  const fieldsFor = (pixelsAt: number): Field[] => [
    [256, LONG, longs([width])],
    [257, LONG, longs([height])],
    [258, SHORT, shorts(Array.from({ length: channels }, () => 8))],
    [259, SHORT, shorts([1])],
    [262, SHORT, shorts([2])],
    [273, LONG, longs(lengths.map((_, at) => pixelsAt + at * stripBytes))],
    [277, SHORT, shorts([channels])],
    [278, LONG, longs([STRIP_ROWS])],
    [279, LONG, longs(lengths)],
    ...(channels === 4 ? [[338, SHORT, shorts([2])] satisfies Field] : []),
    ...(icc ? [[34675, ANY, icc] satisfies Field] : []),
  ];
  const headBytes = writeDirectory(fieldsFor(0)).length;
  const file = Buffer.alloc(headBytes + total);
  writeDirectory(fieldsFor(headBytes)).copy(file);
  paint(file.subarray(headBytes));
  return file;
}

type Field = [tag: number, type: number, value: Buffer];

const BYTES_OF: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [ANY]: 1 };

const shorts = (values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
const longs = (values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

/** The header of a TIFF in the byte order of x86 and ARM, its one directory, and its values. */
function writeDirectory(fields: Field[]): Buffer {
  const head = Buffer.alloc(8 + 2 + 12 * fields.length + 4);
  head.write('II*\0\x08', 'latin1');
  head.writeUInt16LE(fields.length, 8);
  const values: Buffer[] = [];
  let valueAt = head.length;
  for (const [index, [tag, type, value]] of fields.entries()) {
    const at = 10 + 12 * index;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(value.length / (BYTES_OF[type] ?? 1), at + 4);
    if (value.length <= 4) value.copy(head, at + 8);
    else {
      head.writeUInt32LE(valueAt, at + 8);
      // Values begin at even places.
      const padded = Buffer.concat([value, Buffer.alloc(value.length % 2)]);
      values.push(padded);
      valueAt += padded.length;
    }
  }
  return Buffer.concat([head, ...values]);
}
