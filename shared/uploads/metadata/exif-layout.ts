import { ASCII, EXIF_POINTER, TIFF_TAGS } from '../../domain/formats/tiff-tags.ts';
import { firstOfEach, type TiffEntry, type TiffForm, writeNumber } from './tiff-entries.ts';

const { orientation: ORIENTATION } = TIFF_TAGS;

/** An entry that says that the image is shown as it is stored. */
export function upright({ isLittle, layout }: TiffForm): TiffEntry {
  const bytes = Buffer.alloc(layout.entryBytes);
  for (const [at, value, length] of [
    [0, ORIENTATION, 2],
    [2, 3, 2],
    [4, 1, 4],
    [8, 1, 2],
  ] as const)
    writeNumber(bytes, at, value, { isLittle, length });
  return { tag: ORIENTATION, type: 3, count: 1, length: 2, at: 0, bytes };
}

/** Values that are kept, as they are in the file. */
export interface Kept {
  image: TiffEntry[];
  exif: TiffEntry[];
}

/** Writes as much as there is room for: texts are left out first, and then everything else but the orientation. */
export function writeExif(exif: Buffer, form: TiffForm, { image, exif: details }: Kept): Buffer {
  const once = (entries: TiffEntry[]) => firstOfEach(entries).sort((a, b) => a.tag - b.tag);
  const attempts: Kept[] = [
    { image: once(image), exif: once(details) },
    { image: once(image).filter(({ type }) => type !== ASCII), exif: once(details) },
    { image: once(image).filter(({ tag }) => tag === ORIENTATION), exif: [] },
  ];
  for (const kept of attempts) {
    const bytes = layOut(exif, form, kept);
    if (bytes && bytes.length <= exif.length) return Buffer.concat([bytes, Buffer.alloc(exif.length - bytes.length)]);
  }
  return Buffer.alloc(exif.length);
}

function layOut(source: Buffer, form: TiffForm, { image, exif }: Kept): Buffer | undefined {
  if (image.length + exif.length === 0) return undefined;
  const header = Buffer.concat([source.subarray(0, 4), Buffer.alloc(4)]);
  writeNumber(header, 4, 8, { isLittle: form.isLittle, length: 4 });
  if (exif.length === 0) return Buffer.concat([header, directoryOf(source, form, image, 8)]);
  const pointer = upright(form);
  for (const [at, value, length] of [
    [0, EXIF_POINTER, 2],
    [2, 4, 2],
    [8, 0, 4],
  ] as const)
    writeNumber(pointer.bytes, at, value, { isLittle: form.isLittle, length });
  const all = [...image, { ...pointer, tag: EXIF_POINTER, type: 4, length: 4 }];
  const detailsAt = 8 + directoryOf(source, form, all, 8).length;
  writeNumber(pointer.bytes, 8, detailsAt, { isLittle: form.isLittle, length: 4 });
  return Buffer.concat([header, directoryOf(source, form, all, 8), directoryOf(source, form, exif, detailsAt)]);
}

/** A directory with these entries at an offset, followed by their values. */
export function directoryOf(source: Buffer, { isLittle }: TiffForm, entries: TiffEntry[], start: number): Buffer {
  const table = Buffer.alloc(2 + 12 * entries.length + 4);
  writeNumber(table, 0, entries.length, { isLittle, length: 2 });
  const values: Buffer[] = [];
  let end = start + table.length;
  for (const [index, { bytes, at, length }] of entries.entries()) {
    bytes.copy(table, 2 + 12 * index);
    if (length <= 4) continue;
    writeNumber(table, 2 + 12 * index + 8, end, { isLittle, length: 4 });
    const value = Buffer.concat([source.subarray(at, at + length), Buffer.alloc(length % 2)]);
    values.push(value);
    end += value.length;
  }
  return Buffer.concat([table, ...values]);
}
