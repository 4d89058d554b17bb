/** A segment of a JPEG: its marker (ITU-T T.81, table B.1), and where its content, after the length, begins and ends. */
export interface JpegSegment {
  marker: number;
  start: number;
  end: number;
}

/** Markers (ITU-T T.81, table B.1). */
export const END = 0xd9;
export const FILL = 0xff;
export const COMMENT = 0xfe;
/** How many units of data stand between two restart markers (ITU-T T.81, B.2.4.4). */
export const RESTART_INTERVAL = 0xdd;

/** APP0 to APP15, and comments. */
export const isMetadata = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === COMMENT;

/** The marker SOS, after which the pixels follow. */
export const START_OF_SCAN = 0xda;

/** Whether a marker starts a frame. The range contains three markers that do not. */
export const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Whether a marker has no length: restarts, the beginning and the end of the image, and bytes that are no marker. */
const isAlone = (marker: number): boolean => marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9);

/** The segments of a JPEG as decoders find them: any number of fill bytes may come before a marker, and bytes outside segments are skipped. */
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
