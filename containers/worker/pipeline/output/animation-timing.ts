import type { Warning } from '../../../../shared/domain/warnings.ts';
import type { AnimationTiming } from './encode.ts';

/** Milliseconds that a frame may last: hundredths of a second in 16 bits (GIF89a specification, 23), milliseconds in 24 (WebP's ANMF). */
const LONGEST_FRAME = { gif: 655_350, webp: 2 ** 24 - 1 };

/** The most loops beside an endless one: both formats have 16 bits. Only a GIF can say one more, and programs that write the highest number mean an endless loop. */
const MOST_LOOPS = 65_535;

/** Browsers ignore a duration of up to so many milliseconds, and show the frame for the usual duration instead. */
const [NOT_SAID, USUAL] = [10, 100];

/** Limits the timing of an animation to what a format can hold, and warns of what was changed. */
export function clampTiming(
  { delay = [], loop = 0 }: AnimationTiming,
  format: keyof typeof LONGEST_FRAME,
): { timing: Required<AnimationTiming>; warnings: Warning[] } {
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
