import type { Note } from '../../scripts/test-http/redbot.ts';
import type { Kind } from './looked-at.ts';

/** REDbot's notes that are accepted, and why. */
interface Accepted {
  /** REDbot's name for the note. */
  id: string;
  /** The kinds of URL that have the note. */
  of: string[] | 'all';
  reason: string;
}

const ORIGINALS = ['an original', 'an original by HEAD', 'a range of an original', 'an original to be saved'];
const BYTES = [...ORIGINALS, 'a rendition', 'a rendition in the best format', 'a file by its content'];
const DOCUMENTS = ['the document of the API', 'its page', 'a script of its page'];

export const ACCEPTED: Accepted[] = [
  {
    id: 'FIELD_DEPRECATED',
    of: 'all',
    reason:
      'Keep-Alive, by which Node tells how long it keeps a connection: its own clients close theirs before, in place of writing into a closed one.',
  },
  {
    id: 'STORE_PUBLIC_UNNECESSARY',
    of: [
      ...BYTES,
      'the limits',
      ...DOCUMENTS,
      'the front page',
      'the icon of the pages',
      'its page with a slash behind it',
    ],
    reason:
      'It is necessary where a request carries a key, which these may: shared caches keep no other answer to it (RFC 9111, 3.5).',
  },
  {
    id: 'CSP_UNSAFE_INLINE',
    of: [...BYTES, 'its page'],
    reason:
      'Only styles may be inline, by style-src, as drawings have them; scripts are forbidden by script-src or default-src.',
  },
  {
    id: 'CONTENT_TYPE_MISMATCH',
    of: ['a rendition in the best format'],
    reason: 'The media types that it knows by their first bytes are those of before AVIF.',
  },
  { id: 'STATUS_BAD_REQUEST', of: ['a wrong field'], reason: 'That is the answer.' },
];

export const isOf = ({ of }: Accepted, { name }: Kind): boolean => of === 'all' || of.includes(name);

export const acceptedOf = ({ id }: Note, kind: Kind): Accepted | undefined =>
  ACCEPTED.find((accepted) => accepted.id === id && isOf(accepted, kind));
