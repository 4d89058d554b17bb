import { COMMENT } from '../../domain/formats/jpeg-segments.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { isGainMapNumbers } from './gain-map-numbers.ts';
import { gainMapXmp } from './gain-map-xmp.ts';
import { irremovable } from './irremovable.ts';
import { readPictureIndex } from './jpeg-pictures.ts';
import { isEmpty, neutralExif } from './neutral-exif.ts';

/** The content of a segment as it is to be, as long as it was, and what it had that is not to be there. */
export interface NeutralSegment {
  body: Buffer;
  kinds: RemovedMetadata[];
  /** Fields of EXIF that were gone through. */
  fields?: number;
  /** Offsets of pictures behind the first one, from the beginning of the content. */
  pictures?: number[];
}

/** What the segments of one picture have told before. */
export interface SegmentState {
  /** Bytes of the colour profile that are still to come; undefined before its first part. */
  profileLeft?: number;
  /** The components of the frame, of which scans have pixels. */
  components?: number[];
  /** Whether tables have come that are for a scan to come. */
  awaitsScan?: boolean;
}

/** A name at the beginning of a segment's content, and what becomes of it. */
interface Named {
  marker: number;
  name: string;
  neutral(body: Buffer, state: SegmentState): NeutralSegment;
}

const JFIF_BYTES = 14;
const ADOBE_BYTES = 12;
/** Sequence number and number of the parts of a profile (ICC.1:2022, B.4). */
const PROFILE_AT = 14;

const without = (body: Buffer, kind: RemovedMetadata): NeutralSegment => ({
  body: Buffer.alloc(body.length),
  kinds: [kind],
});

/** The first bytes, and zeros behind them. */
const beginningOf = (body: Buffer, length: number, kind: RemovedMetadata): NeutralSegment => ({
  body: Buffer.concat([body.subarray(0, length), Buffer.alloc(Math.max(0, body.length - length))]),
  kinds: [kind],
});

const XMP = 'http://ns.adobe.com/xap/1.0/\0';

const GAIN_MAP = 'urn:iso:std:iso:ts:21496:-1\0';

const NAMED: readonly Named[] = [
  { marker: 0xe0, name: 'JFIF\0', neutral: neutralJfif },
  { marker: 0xe0, name: 'JFXX\0', neutral: (body) => without(body, 'thumbnail') },
  { marker: 0xe1, name: 'Exif\0', neutral: neutralExifSegment },
  { marker: 0xe1, name: XMP, neutral: neutralXmp },
  { marker: 0xe1, name: 'http://ns.adobe.com/xmp/extension/\0', neutral: (body) => without(body, 'xmp') },
  { marker: 0xe2, name: 'ICC_PROFILE\0', neutral: neutralProfile },
  { marker: 0xe2, name: 'MPF\0', neutral: neutralPictureIndex },
  { marker: 0xe2, name: GAIN_MAP, neutral: neutralGainMap },
  { marker: 0xed, name: 'Photoshop ', neutral: (body) => without(body, 'iptc') },
  { marker: 0xee, name: 'Adobe', neutral: (body) => beginningOf(body, ADOBE_BYTES, 'other') },
  { marker: COMMENT, name: '', neutral: (body) => without(body, 'comment') },
];

/** What becomes of a segment. Only the named ones keep anything. */
export function neutralSegment(marker: number, body: Buffer, state: SegmentState): NeutralSegment {
  const named = NAMED.find(
    (each) => each.marker === marker && body.toString('latin1', 0, each.name.length) === each.name,
  );
  return named ? named.neutral(body, state) : without(body, 'other');
}

/** Version, resolution, and no thumbnail (ITU-T T.871, 10.1). */
function neutralJfif(body: Buffer): NeutralSegment {
  const made = beginningOf(body, JFIF_BYTES, 'thumbnail');
  made.body.fill(0, JFIF_BYTES - 2, JFIF_BYTES);
  return made;
}

const EXIF_AT = 6;

function neutralExifSegment(body: Buffer): NeutralSegment {
  const { bytes, hadGps, fields } = neutralExif(body.subarray(EXIF_AT));
  const kinds: RemovedMetadata[] = hadGps ? ['exif', 'gps'] : ['exif'];
  return isEmpty(bytes)
    ? { body: Buffer.alloc(body.length), kinds, fields }
    : { body: Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), bytes]), kinds, fields };
}

function neutralXmp(body: Buffer): NeutralSegment {
  const kept = gainMapXmp(body.subarray(XMP.length));
  return kept ? { body: Buffer.concat([body.subarray(0, XMP.length), kept]), kinds: ['xmp'] } : without(body, 'xmp');
}

function neutralGainMap(body: Buffer): NeutralSegment {
  return isGainMapNumbers(body.subarray(GAIN_MAP.length)) ? { body, kinds: [] } : without(body, 'other');
}

/** A profile stays, but nothing behind it: its first part says how long it is. */
function neutralProfile(body: Buffer, state: SegmentState): NeutralSegment {
  const part = body[PROFILE_AT - 2];
  const isFirst = part === 1 && state.profileLeft === undefined;
  if (!isFirst && !state.profileLeft) return without(body, 'other');
  if (isFirst && body.toString('latin1', PROFILE_AT + 36, PROFILE_AT + 40) !== 'acsp') return without(body, 'other');
  const left = isFirst ? body.readUInt32BE(PROFILE_AT) : (state.profileLeft ?? 0);
  const length = Math.min(left, body.length - PROFILE_AT);
  state.profileLeft = left - length;
  return beginningOf(body, PROFILE_AT + length, 'other');
}

const INDEX_AT = 4;

function neutralPictureIndex(body: Buffer): NeutralSegment {
  const { bytes, offsets } = readPictureIndex(body.subarray(INDEX_AT));
  if (offsets.length > 1000) throw irremovable('its index names more than 1,000 pictures');
  return {
    body: Buffer.concat([body.subarray(0, INDEX_AT), bytes]),
    kinds: ['other'],
    pictures: offsets.map((offset) => INDEX_AT + offset),
  };
}
