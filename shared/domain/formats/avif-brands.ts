/** The brands by which a file of the ISO base media format declares its kind (ISO/IEC 14496-12, 4.3). */
export interface Brands {
  major: string;
  compatible: string[];
}

/** The most bytes of `ftyp` that are read: some sixty brands. */
export const BRANDS_BYTES = 256;

const FIRST_AT = 8;
const COMPATIBLE_FROM = 16;

/** The brands at the beginning of a file; undefined if it has none. */
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

/** Brands that only say that a file contains images; its other brands tell their kind. */
const GENERAL = [GENERAL_STILL, GENERAL_SEQUENCE, 'miaf', 'mif2', 'iso8', 'isom'];

/** Whether a file is an AVIF although its major brand is a general one. */
export const isCompatibleWithAvif = ({ major, compatible }: Brands): boolean =>
  GENERAL.includes(major) && compatible.some((brand) => brand === STILL || brand === SEQUENCE);

/** Whether an AVIF contains an animation. It may contain a still image too. */
export const isSequence = (head: Buffer): boolean => {
  const brands = brandsOf(head);
  return brands !== undefined && [brands.major, ...brands.compatible].includes(SEQUENCE);
};

/** Changes the brands of an AVIF, in place, so that none says that it is an animation. */
export function asStill(file: Buffer): Buffer {
  const { compatible = [] } = brandsOf(file) ?? {};
  file.write(STILL, FIRST_AT, 'latin1');
  for (const [index, brand] of compatible.entries())
    if (brand === SEQUENCE || brand === GENERAL_SEQUENCE)
      file.write(brand === SEQUENCE ? STILL : GENERAL_STILL, COMPATIBLE_FROM + 4 * index, 'latin1');
  return file;
}
