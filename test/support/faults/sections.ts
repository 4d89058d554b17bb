import { DAMAGES } from './damage-list.ts';
import { AWAY, type Fault, KILLED, LASTING, NTH } from './fault-list.ts';

/** A section of the table. Each is observed by one suite with its own stack. */
export const SECTIONS = {
  lasting: {
    title: 'A fault that lasts',
    text: 'Every call of the kind fails for as long as the fault lasts.',
    faults: LASTING,
  },
  nth: {
    title: 'One failing call after another',
    text: 'The user repeats one act. Each time the fault begins one call later, until no call fails. Each listed answer was given in some of these rounds; in all others the act works.',
    faults: NTH,
  },
  away: {
    title: 'A process is killed',
    text: 'A process is ended by `kill -9`. The table says what a user sees until `npm start` has restarted it.',
    faults: AWAY,
  },
  killed: {
    title: 'A process is killed while it writes',
    text: 'The process writes half of what it was to write, and then ends as by `kill -9`. In further rounds it ends before the other calls that the row names. The gateway and download write nothing.',
    faults: KILLED,
  },
  damaged: {
    title: 'A file is damaged',
    text: 'Files of the object store are damaged while everything runs. All other files are damaged after all processes were killed and before they are started again. If `npm start` refuses to start, the file that its message names is moved away, and it is started again. A backup in the place of the file would keep what the row lists as lost.',
    faults: DAMAGES,
  },
} as const satisfies Record<string, { title: string; text: string; faults: readonly Fault[] }>;

export type SectionName = keyof typeof SECTIONS;
