import { DAMAGES } from './damage-list.ts';
import { AWAY, type Fault, KILLED, LASTING, NTH } from './fault-list.ts';

/** A section of the table. Each is observed by one suite with its own stack. */
export const SECTIONS = {
  lasting: {
    title: 'While it lasts',
    text: 'Every call of the kind fails, as long as it lasts.',
    faults: LASTING,
  },
  nth: {
    title: 'One after the other',
    text: 'One act, again and again: each time one call later fails, until none does. Each answer comes for some of the calls; with the others the act is as always.',
    faults: NTH,
  },
  away: {
    title: 'A process is killed',
    text: '`kill -9`, and what a user sees until `npm start` has started it again.',
    faults: AWAY,
  },
  killed: {
    title: 'A process is killed while it writes',
    text: 'Half of what was to be written is, then the process ends as by `kill -9`; the same before other calls. The gateway and download write nothing.',
    faults: KILLED,
  },
  damaged: {
    title: 'A file is damaged',
    text: 'Files of the image store while everything runs; all others after everything was killed, and before it is started again. Where the start is refused, the file is moved away, as the sentence says, and it is started once more; a backup in its place would have kept what the row says is lost.',
    faults: DAMAGES,
  },
} as const satisfies Record<string, { title: string; text: string; faults: readonly Fault[] }>;

export type SectionName = keyof typeof SECTIONS;
