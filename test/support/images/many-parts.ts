import { plain } from './picture.ts';

/** Valid images of a great number of parts. */
export const MANY_PARTS = {
  jpegScans,
  jpegSegments,
  pngChunks,
  webpChunks,
  avifBoxes,
  gifParts,
  gifBlocks,
  tiffDirectories,
};

const grey = () => plain(8, 8, [128, 128, 128, 255]);

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

/** A segment with its marker and its length. */
const segment = (marker: number, ...data: (Buffer | number[])[]): Buffer => {
  const content = Buffer.concat(data.map((each) => Buffer.from(each)));
  return Buffer.concat([Buffer.from([0xff, marker]), word(content.length + 2), content]);
};

/** A Huffman table with a single code of one bit. */
const oneCode = (tableClass: number, symbol: number): Buffer =>
  segment(0xc4, [tableClass << 4, 1], Buffer.alloc(15), [symbol]);

/** A progressive JPEG of 8 × 8 pixels: a scan for the mean, and others that end all blocks at once (ITU-T T.81, G.1.2.2). */
async function jpegScans(scans: number): Promise<Buffer> {
  const scan = segment(0xda, [1, 1, 0, 1, 63, 0]);
  const ends = Buffer.concat([scan, Buffer.from([0x00, 0x01])]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0], Buffer.alloc(64, 16)),
    segment(0xc2, [8], word(8), word(8), [1, 1, 0x11, 0]),
    oneCode(0, 0),
    segment(0xda, [1, 1, 0, 0, 0, 0]),
    Buffer.from([0x7f]),
    oneCode(1, 0xe0),
    ...Array<Buffer>(scans - 1).fill(ends),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Comments in addition to the file's own segments, which are ten. */
async function jpegSegments(segments: number): Promise<Buffer> {
  const jpeg = await grey().jpeg().toBuffer();
  let own = 0;
  for (let at = 2; jpeg[at + 1] !== 0xd9 && at < jpeg.length; own += 1) {
    const isLast = jpeg[at + 1] === 0xda;
    at += 2 + jpeg.readUInt16BE(at + 2);
    if (isLast) at = jpeg.length;
  }
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(4 * (segments - own), 'fffe0002', 'hex'), jpeg.subarray(2)]);
}

/** Empty chunks of an unknown type after IHDR. The last chunk, IEND, is not counted. */
async function pngChunks(chunks: number): Promise<Buffer> {
  const png = await grey().png().toBuffer();
  let own = 0;
  for (let at = 8; png.toString('latin1', at + 4, at + 8) !== 'IEND'; own += 1) at += 12 + png.readUInt32BE(at);
  const empty = Buffer.from('000000007465537400000000', 'hex');
  empty.writeUInt32BE(crcOf(empty.subarray(4, 8)), 8);
  return Buffer.concat([png.subarray(0, 33), Buffer.alloc(empty.length * (chunks - own), empty), png.subarray(33)]);
}

function crcOf(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Frames of one pixel, each of two chunks, on a canvas of 8 × 8. */
async function webpChunks(chunks: number): Promise<Buffer> {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.from(`${type}....`, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length & 1)]);
  };
  const pixel = (await plain(1, 1, [9, 9, 9, 255]).webp({ lossless: true }).toBuffer()).subarray(12);
  const frame = chunk('ANMF', Buffer.concat([Buffer.alloc(12), Buffer.from([10, 0, 0, 0]), pixel]));
  const head = chunk('VP8X', Buffer.from('02000000070000070000', 'hex'));
  const content = [head, chunk('ANIM', Buffer.alloc(6)), ...Array<Buffer>((chunks - 2) >> 1).fill(frame)];
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...content]));
}

/** `free` boxes after the three other boxes. */
async function avifBoxes(boxes: number): Promise<Buffer> {
  const avif = await grey().avif({ effort: 0 }).toBuffer();
  let own = 0;
  for (let at = 0; at < avif.length; own += 1) at += avif.readUInt32BE(at);
  return Buffer.concat([avif, Buffer.alloc(8 * (boxes - own), '0000000866726565', 'hex')]);
}

const GIF_HEAD = Buffer.from('47494638396108000800800000' + '000000ffffff', 'hex');
const GIF_FRAME = Buffer.from('2c000000000100010000' + '0202440100', 'hex');

/** Comments without text before a frame. */
async function gifParts(parts: number): Promise<Buffer> {
  return Buffer.concat([GIF_HEAD, Buffer.alloc(3 * (parts - 1), '21fe00', 'hex'), GIF_FRAME, Buffer.from(';')]);
}

/** A comment of one letter in each block, before a frame of two. */
async function gifBlocks(blocks: number): Promise<Buffer> {
  const letters = Buffer.alloc(2 * (blocks - 3), '0161', 'hex');
  return Buffer.concat([GIF_HEAD, Buffer.from([0x21, 0xfe]), letters, Buffer.from([0]), GIF_FRAME, Buffer.from(';')]);
}

/** The same page repeated, 8 × 8 in grey. Its pixels are the first bytes of the file. */
async function tiffDirectories(directories: number): Promise<Buffer> {
  const tags = [
    [256, 8],
    [257, 8],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 8],
    [279, 64],
  ];
  const length = 2 + 12 * tags.length + 4;
  const one = Buffer.alloc(length);
  one.writeUInt16LE(tags.length, 0);
  for (const [index, [tag = 0, value = 0]] of tags.entries()) {
    const at = 2 + 12 * index;
    one.writeUInt16LE(tag, at);
    one.writeUInt16LE(4, at + 2);
    one.writeUInt32LE(1, at + 4);
    one.writeUInt32LE(value, at + 8);
  }
  const all = Buffer.alloc(8 + length * directories + 64, one);
  Buffer.from('49492a0008000000', 'hex').copy(all);
  for (let index = 0; index < directories; index += 1) {
    one.copy(all, 8 + length * index);
    const next = index === directories - 1 ? 0 : 8 + length * (index + 1);
    all.writeUInt32LE(next, 8 + length * (index + 1) - 4);
  }
  return all;
}
