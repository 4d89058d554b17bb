/** A segment of a JPEG: its marker (ITU-T T.81, table B.1), and where what is behind its length begins and ends. */
export interface JpegSegment {
  marker: number;
  start: number;
  end: number;
}

/** Of SOS, behind which are the pixels. */
export const START_OF_SCAN = 0xda;

/** Start-of-frame markers: the range has three others. */
export const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers that have no length: those of restarts, of the beginning and the end, and what is none. */
const isAlone = (marker: number): boolean => marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9);

/** The segments of a JPEG as decoders find them: a marker may have any number of fill bytes before it, and what belongs to no segment is passed over. */
export function* jpegSegments(bytes: Buffer): Generator<JpegSegment> {
  for (let at = bytes.indexOf(0xff, 2); at >= 0 && at + 3 < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (isAlone(marker)) at = bytes.indexOf(0xff, at + 2);
    else {
      const end = at + 2 + Math.max(2, bytes.readUInt16BE(at + 2));
      yield { marker, start: at + 4, end };
      at = bytes.indexOf(0xff, end);
    }
  }
}
