/** What a file of the ISO base media format says that it is (ISO/IEC 14496-12, 4.3). */
export interface Brands {
  major: string;
  compatible: string[];
}

/** Bytes of `ftyp` at most that are looked at: of some sixty brands. */
export const BRANDS_BYTES = 256;

const FIRST_AT = 8;
const COMPATIBLE_FROM = 16;

/** The brands at the beginning of a file; undefined where it has none. */
export function brandsOf(head: Buffer): Brands | undefined {
  if (head.length < 12 || head.toString('latin1', 4, 8) !== 'ftyp') return undefined;
  const end = Math.min(head.readUInt32BE(0), head.length, BRANDS_BYTES);
  const compatible: string[] = [];
  for (let at = COMPATIBLE_FROM; at + 4 <= end; at += 4) compatible.push(head.toString('latin1', at, at + 4));
  return { major: head.toString('latin1', FIRST_AT, FIRST_AT + 4), compatible };
}

const STILL = 'avif';
/** An image sequence (AV1 Image File Format, 4.3). */
const SEQUENCE = 'avis';

const GENERAL_STILL = 'mif1';
const GENERAL_SEQUENCE = 'msf1';

/** Brands that say no more than that there are images in a file, of which the others tell the kind. */
const GENERAL = [GENERAL_STILL, GENERAL_SEQUENCE, 'miaf', 'mif2', 'iso8', 'isom'];

/** Whether a file is an AVIF of a major brand that does not say so. */
export const isCompatibleWithAvif = ({ major, compatible }: Brands): boolean =>
  GENERAL.includes(major) && compatible.some((brand) => brand === STILL || brand === SEQUENCE);

/** Whether an AVIF is an animation; it may have a still image too. */
export const isSequence = (head: Buffer): boolean => {
  const brands = brandsOf(head);
  return brands !== undefined && [brands.major, ...brands.compatible].includes(SEQUENCE);
};

/** An AVIF that says nothing of being an animation; its bytes are changed. */
export function asStill(file: Buffer): Buffer {
  const { compatible = [] } = brandsOf(file) ?? {};
  file.write(STILL, FIRST_AT, 'latin1');
  for (const [index, brand] of compatible.entries())
    if (brand === SEQUENCE || brand === GENERAL_SEQUENCE)
      file.write(brand === SEQUENCE ? STILL : GENERAL_STILL, COMPATIBLE_FROM + 4 * index, 'latin1');
  return file;
}
