import type { Warning } from '../../../shared/domain/warnings.ts';
import type { Timing } from './encode.ts';

/** Milliseconds that a frame may last: hundredths of a second in 16 bits (GIF89a specification, 23), milliseconds in 24 (WebP's ANMF). */
const LONGEST_FRAME = { gif: 655_350, webp: 2 ** 24 - 1 };

/** Times that an animation may be shown, for ever excepted: both formats have 16 bits. Only a GIF says one more, and who writes the most means for ever. */
const MOST_LOOPS = 65_535;

/** Milliseconds up to which browsers take a frame for one that says nothing, and for how long they show it then. */
const [NOT_SAID, USUAL] = [10, 100];

/** The times of an animation as far as a format holds them, and what is otherwise. */
export function heldTiming(
  { delay = [], loop = 0 }: Timing,
  format: keyof typeof LONGEST_FRAME,
): { timing: Required<Timing>; warnings: Warning[] } {
  const longest = LONGEST_FRAME[format];
  const asked = Math.max(0, ...delay);
  const warnings: Warning[] = [];
  if (asked > longest) {
    const detail = `A frame is to be shown for ${asked / 1000} s. In this format none can be for more than ${longest / 1000} s.`;
    warnings.push({ code: 'timing_changed', detail });
  }
  const timing = {
    delay: delay.map((each) => (each > NOT_SAID ? Math.min(each, longest) : USUAL)),
    loop: loop > MOST_LOOPS ? 0 : loop,
  };
  return { timing, warnings };
}
