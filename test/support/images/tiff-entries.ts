/** An entry of a TIFF's directory (TIFF 6.0, section 2). */
export interface TiffEntry {
  tag: number;
  /** 1 BYTE, 2 ASCII, 3 SHORT, 4 LONG, 7 UNDEFINED, 12 DOUBLE. */
  type: number;
  count: number;
  value: Buffer;
}

const ENTRY_BYTES = 12;

/** The entries of a little-endian TIFF's first directory, each as its 12 bytes. */
function entriesOf(tiff: Buffer): Buffer[] {
  const at = tiff.readUInt32LE(4);
  return Array.from({ length: tiff.readUInt16LE(at) }, (_, index) =>
    tiff.subarray(at + 2 + index * ENTRY_BYTES, at + 2 + (index + 1) * ENTRY_BYTES),
  );
}

/** A TIFF whose first directory is rewritten at its end, with more entries and in the order of `order`. */
export function withEntries(
  tiff: Buffer,
  more: readonly TiffEntry[],
  order: (entries: Buffer[]) => Buffer[] = sortedEntries,
): Buffer {
  let file = tiff.length % 2 === 0 ? tiff : Buffer.concat([tiff, Buffer.alloc(1)]);
  const added = more.map(({ tag, type, count, value }) => {
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt16LE(tag, 0);
    entry.writeUInt16LE(type, 2);
    entry.writeUInt32LE(count, 4);
    if (value.length <= 4) value.copy(entry, 8);
    else {
      entry.writeUInt32LE(file.length, 8);
      file = Buffer.concat([file, value, Buffer.alloc(value.length % 2)]);
    }
    return entry;
  });
  const entries = order([...entriesOf(tiff), ...added]);
  const directory = Buffer.alloc(2 + entries.length * ENTRY_BYTES + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [index, entry] of entries.entries()) entry.copy(directory, 2 + index * ENTRY_BYTES);
  const whole = Buffer.concat([file, directory]);
  whole.writeUInt32LE(file.length, 4);
  return whole;
}

const sortedEntries = (entries: Buffer[]): Buffer[] =>
  entries.toSorted((a, b) => a.readUInt16LE(0) - b.readUInt16LE(0));
