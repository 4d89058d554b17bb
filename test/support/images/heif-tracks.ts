import { box, word } from './avif-files.ts';

/** A track of a film: what it shows, its samples, and where they are. */
export interface Track {
  handler: string;
  /** The offset of its samples in the file, which follow each other. */
  at: number;
  lengths: number[];
}

const full = (type: string, ...content: Buffer[]): Buffer => box(type, Buffer.alloc(4), ...content);

/** A film (ISO/IEC 14496-12, 8) of tracks with one chunk each, with a text in all places for texts and a time in those for times. */
export function filmOf(tracks: Track[], text: string): Buffer {
  const label = Buffer.from(text);
  const times = Buffer.concat([word(0xd4c3b2a1), word(0xd4c3b2a1)]);
  return box(
    'moov',
    full('mvhd', times, Buffer.alloc(88)),
    ...tracks.map(({ handler, at, lengths }) => {
      const entry = Buffer.alloc(78);
      label.copy(entry, 42, 0, 32);
      const table = box(
        'stbl',
        full('stsd', word(1), box('av01', entry, box('av1C', Buffer.from('81000c00', 'hex')), box('note', label))),
        full('stts', word(1), word(lengths.length), word(1)),
        full('stsc', word(1), word(1), word(lengths.length), word(1)),
        full('stsz', word(0), word(lengths.length), ...lengths.map((length) => word(length))),
        full('stco', word(1), word(at)),
      );
      const reference = box('dinf', full('dref', word(1), box('url ', word(1))));
      const media = box(
        'mdia',
        full('mdhd', times, Buffer.alloc(12)),
        full('hdlr', word(0), Buffer.from(handler), Buffer.alloc(12), label, Buffer.alloc(1)),
        box('minf', full('vmhd', Buffer.alloc(8)), reference, table),
      );
      return box('trak', full('tkhd', times, Buffer.alloc(72)), media, box('udta', label));
    }),
    box('udta', box('loci', label)),
  );
}
