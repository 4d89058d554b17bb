import { type TiffKind, tiffOfKind } from '../images/tiff-kinds.ts';

const DIRECTORY_AT = 8;

/** An uncompressed TIFF whose directory is before its pixels, as Photoshop and others write it. */
export function withEarlyDirectory(kind: TiffKind, values: readonly number[], size: [number, number]): Buffer {
  const late = tiffOfKind(kind, values, size);
  const at = late.readUInt32LE(4);
  const [directory, pixels] = [Buffer.from(late.subarray(at)), late.subarray(DIRECTORY_AT, at)];
  const entries = directory.readUInt16LE(0);
  for (let entry = 2; entry < 2 + 12 * entries; entry += 12) {
    const [tag, type, count] = [
      directory.readUInt16LE(entry),
      directory.readUInt16LE(entry + 2),
      directory.readUInt32LE(entry + 4),
    ];
    const value = directory.readUInt32LE(entry + 8);
    const isPlace = tag === 273;
    if (isPlace) directory.writeUInt32LE(value + directory.length, entry + 8);
    else if (count * (type === 3 ? 2 : 4) > 4) directory.writeUInt32LE(value - at + DIRECTORY_AT, entry + 8);
  }
  const head = Buffer.from('49492a0008000000', 'hex');
  return Buffer.concat([head, directory, pixels]);
}
