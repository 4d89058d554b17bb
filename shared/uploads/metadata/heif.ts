import { LIMITS } from '../../domain/limits.ts';
import { type Box, readBox } from './heif-boxes.ts';
import { type Planning, planItems } from './heif-items.ts';
import { planTracks } from './heif-tracks.ts';
import { endsEarly, irremovable } from './irremovable.ts';
import { openReader, type RandomAccess } from './random-access.ts';
import { openRemovalPlan, type Patch } from './removal-plan.ts';
import { openWork, type Work } from './work.ts';

const HEADER_BYTES = 16;

/**
 * Plans what of an AVIF or a HEIC becomes zeros: everything but its brands, the descriptions of its pictures, which keep no names and no times, and
 * the data of pictures. EXIF keeps orientation, resolution, colour space, artist and copyright. So nothing is left that no picture has.
 */
export async function planHeif(file: RandomAccess, work: Work = openWork()): Promise<Patch[]> {
  const read = openReader(file, work);
  const plan = openRemovalPlan(file.size);
  const seen = new Set<string>();
  let count = 0;
  for (let at = 0; at < file.size; ) {
    count += 1;
    if (count > LIMITS.avifBoxes) throw irremovable(`it has more than ${LIMITS.avifBoxes} boxes`);
    const header = await read(at, Math.min(HEADER_BYTES, file.size - at));
    const found = readBox(header, 0, file.size - at);
    if (!found) {
      // Decoders do not read bytes that are no box, behind the others.
      if (seen.has('meta') || seen.has('moov')) break;
      throw endsEarly();
    }
    const box = { ...found, at, start: at + found.start, end: at + found.end };
    await planBox({ read, plan, countParts: (parts) => work.countParts(file.size, parts) }, box, seen);
    at = box.end;
  }
  if (!seen.has('meta') && !seen.has('moov')) throw irremovable('it does not say where its pictures are');
  return plan.patches();
}

async function planBox(planning: Planning, box: Box, seen: Set<string>): Promise<void> {
  const { plan, read } = planning;
  const { type, at, start, end } = box;
  const isTold = type === 'meta' || type === 'moov' || type === 'ftyp';
  if (isTold && (seen.has(type) || end - start > LIMITS.avifMetaBytes))
    throw irremovable(`its box ${type} is too long or there twice`);
  if (type === 'moof' || type === 'mini')
    throw irremovable(`nobody can tell which of its data are pictures where it has a box ${type}`);
  seen.add(type);
  if (isTold || type === 'mdat') plan.keep({ start: at, end: type === 'ftyp' ? end : start });
  else plan.rewrite(at, emptyHeader(await read(at, start - at)), 'other');
  if (type === 'meta') await planItems(planning, { start, end });
  if (type === 'moov') await planTracks(planning, { start, end });
}

function emptyHeader(header: Buffer): Buffer {
  const made = Buffer.from(header);
  made.write('free', 4, 'latin1');
  return made;
}
