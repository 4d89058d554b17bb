/** The kinds of findings. What could not be read is no fault, nor is what is rendered again on request. */
export const FINDING_KINDS = {
  lost: { title: 'Lost', isFault: true },
  different: { title: 'Different', isFault: true },
  unrecorded: { title: 'In no record', isFault: true },
  damaged: { title: 'Damaged', isFault: true },
  unreadable: { title: 'Could not be read', isFault: false },
  expired: { title: 'Not there', isFault: false },
} as const;

export type FindingKind = keyof typeof FINDING_KINDS;

/** What a finding is about: `record` for an item of the table, `other` for a key that is not one of this service. */
export type FindingSubject = 'original' | 'rendition' | 'upload' | 'record' | 'other';

/** The possible repairs: a record is written for an original, an object is removed, a damaged record is dropped. */
export const REMEDIES = ['adopted', 'removed', 'dropped'] as const;
export type Remedy = (typeof REMEDIES)[number];

export interface Finding {
  kind: FindingKind;
  what: FindingSubject;
  key: string;
  imageId?: string;
  /** Whose image it is, if its record is there and says so. */
  owner?: string;
  /** The name of the rendition. */
  rendition?: string;
  /** The length of the object that exists. */
  contentLength?: number;
  /** When the object was last modified, ISO 8601. */
  lastModified?: string;
  /** Base64 SHA-256 of the object that exists. */
  checksumSha256?: string;
  /** Describes the finding in a sentence. */
  detail: string;
  /** The repair that was made, after which this is no fault any more. */
  done?: Remedy;
}

/** Whether something is still wrong. */
export const isFault = ({ kind, done }: Finding): boolean => FINDING_KINDS[kind].isFault && !done;

/** Formats a finding as a line for people. */
export function formatFinding({ kind, key, owner, rendition, detail, done }: Finding): string {
  const name = rendition === undefined ? key : `${key} (${rendition})`;
  return `${FINDING_KINDS[kind].title}: ${name}. ${detail}${owner === undefined ? '' : ` Its owner is ${owner}.`}${done ? ` It has been ${done}.` : ''}`;
}
