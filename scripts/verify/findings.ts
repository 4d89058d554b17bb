/** What can be found. No fault is what nobody could look at, and what is made again when somebody asks for it. */
export const FINDING_KINDS = {
  lost: { title: 'Lost', isFault: true },
  different: { title: 'Different', isFault: true },
  unrecorded: { title: 'In no record', isFault: true },
  damaged: { title: 'Damaged', isFault: true },
  unreadable: { title: 'Could not be read', isFault: false },
  expired: { title: 'Not there', isFault: false },
} as const;

export type FindingKind = keyof typeof FINDING_KINDS;

/** What a key is of: `record` where it is one of the table, `other` where nothing of ours has such a key. */
export type What = 'original' | 'rendition' | 'upload' | 'record' | 'other';

/** What can be done about something: a record is made of it, it is removed, its record is. */
export const DONE = ['adopted', 'removed', 'dropped'] as const;
export type Done = (typeof DONE)[number];

export interface Finding {
  kind: FindingKind;
  what: What;
  key: string;
  imageId?: string;
  /** Its name. */
  rendition?: string;
  /** Bytes that are there. */
  contentLength?: number;
  /** ISO 8601, of what is there. */
  lastModified?: string;
  /** Base64 SHA-256 of what is there. */
  checksumSha256?: string;
  /** What was found, in a sentence. */
  detail: string;
  /** What has been done about it, so that it is no fault any more. */
  done?: Done;
}

/** Whether something is still wrong. */
export const isFault = ({ kind, done }: Finding): boolean => FINDING_KINDS[kind].isFault && !done;

/** The line for people. */
export function lineOf({ kind, key, rendition, detail, done }: Finding): string {
  const name = rendition === undefined ? key : `${key} (${rendition})`;
  return `${FINDING_KINDS[kind].title}: ${name}. ${detail}${done ? ` It has been ${done}.` : ''}`;
}
