import { type Box, boxesOf } from './heif-boxes.ts';
import { irremovable } from './irremovable.ts';

/** Types of items that are pictures or made of pictures (ISO/IEC 23008-12, 6.4 and 6.6, and those of the codecs). */
export const PICTURES = [
  'av01',
  'hvc1',
  'hev1',
  'lhv1',
  'vvc1',
  'avc1',
  'j2k1',
  'unci',
  'grid',
  'iovl',
  'iden',
  'tmap',
  'mski',
];

/** The type of an item that is nothing any more. */
const NOTHING = 'blnk';

/** In place, items keep their type, if it is that of pictures or EXIF, and no name (ISO/IEC 14496-12, 8.11.6). */
export function neutraliseInfos(made: Buffer, box: Box): void {
  const version = made[box.start] ?? 0;
  for (const { type, start, end } of boxesOf(made, { start: box.start + (version === 0 ? 6 : 8), end: box.end })) {
    if (type !== 'infe') throw irremovable('its list of items has something else in it');
    const form = made[start] ?? 0;
    const typeAt = start + (form === 2 ? 8 : 10);
    if (form < 2) made.fill(0, Math.min(end, start + 8), end);
    else {
      made.fill(0, Math.min(end, typeAt + 4), end);
      const stays = [...PICTURES, 'Exif'].includes(made.toString('latin1', typeAt, typeAt + 4));
      if (!stays && typeAt + 4 <= end) made.write(NOTHING, typeAt, 'latin1');
    }
  }
}
