import type { ErrorCode } from '../../shared/domain/errors.ts';
import { isUntold, UNTOLD } from '../support/http/untold-rules.ts';
import type { Finding } from './schemathesis.ts';

interface Explanation {
  /** Schemathesis' name of the check. */
  check: string;
  /** A description of the finding, for the documentation. */
  seen: string;
  why: string;
  explains(finding: Finding): boolean;
}

const codes = (...names: ErrorCode[]) => ({
  seen: names.map((name) => `\`${name}\``).join(', '),
  explains: ({ code }: Finding) => names.some((name) => name === code),
});

/** Holds if every wrong field breaks one of these rules. */
const onlyErrors = (is: (error: Finding['errors'][number]) => boolean) => (finding: Finding) =>
  finding.code === 'invalid_request' && finding.errors.length > 0 && finding.errors.every(is);

const REFUSED = 'positive_data_acceptance';

const OPAQUE: Record<string, string> = {
  'query.cursor': 'A cursor is what the page before answered, and nothing else.',
  'headers.content-digest': 'A Content-Digest is a structured field (RFC 9530), for which JSON Schema has no words.',
  'query.expires': '`expires` and `signature` of a part URL go together.',
  'query.signature': '`expires` and `signature` of a part URL go together.',
  'query.rendition': 'A form names its renditions in its own part, and presets differ from each other.',
  query: '`expires` and `signature` of a part URL go together.',
};

/** Accepted differences between the document and the service, and why. */
export const EXPLAINED: Explanation[] = [
  {
    check: REFUSED,
    why: 'Whether a condition (`If-Match` and others) holds depends on what is there.',
    ...codes('precondition_failed'),
  },
  {
    check: REFUSED,
    why: 'What was deleted, aborted or has expired is gone.',
    ...codes('image_deleted', 'upload_aborted', 'upload_expired'),
  },
  {
    check: REFUSED,
    why: 'How large a part may be depends on what its upload declared.',
    ...codes('part_too_large', 'upload_too_large'),
  },
  {
    check: REFUSED,
    why: 'Bytes are an image of an accepted format, and of the declared one, or they are not.',
    ...codes('image_type_mismatch', 'unsupported_image', 'image_unreadable', 'empty_body', 'upload_rejected'),
  },
  { check: REFUSED, why: 'A digest is that of the bytes.', ...codes('digest_mismatch') },
  {
    check: REFUSED,
    why: 'The list of parts is compared with what was uploaded.',
    ...codes('invalid_part', 'invalid_part_order', 'part_too_small', 'upload_length_mismatch'),
  },
  {
    check: REFUSED,
    seen: '`invalid_request`',
    why: 'A page of parts to complete from is the last one, and of the upload in the path.',
    explains: onlyErrors(({ path }) => ['uploadId', 'isTruncated'].includes(path)),
  },
  { check: REFUSED, why: 'A range lies in what is there or behind it.', ...codes('range_not_satisfiable') },
  { check: REFUSED, why: 'Over HTTP/1.1 a part has a length or is refused.', ...codes('length_required') },
  {
    check: REFUSED,
    why: 'The part `renditions` of a form is JSON by its `contentSchema`, which Schemathesis takes for any text.',
    ...codes('malformed_json', 'unknown_preset', 'malformed_form'),
  },
  ...UNTOLD.map(({ why }) => ({
    check: REFUSED,
    seen: '`invalid_request`',
    why,
    explains: onlyErrors(({ message }) => isUntold(message)),
  })),
  {
    check: REFUSED,
    seen: '`invalid_request`',
    why: 'The same of a text and of a form that says several things at once.',
    explains: onlyErrors(({ path, message }) => path in OPAQUE || isUntold(message)),
  },
  {
    check: REFUSED,
    seen: '`invalid_request`',
    why: 'In its phase `coverage` it sends `0` as a digest, which the pattern of the header does not allow.',
    explains: (finding) =>
      onlyErrors(
        ({ path, message }) =>
          finding.sent[path.replace('headers.', '')]?.[0] === '0' || path in OPAQUE || isUntold(message),
      )(finding),
  },
  {
    check: 'negative_data_rejection',
    seen: 'an empty list',
    why: 'A declaration or an upload token that asks for an empty list of renditions asks for none: generated clients send that.',
    explains: ({ operation, message }) =>
      ['POST /v1/uploads', 'POST /v1/upload-tokens'].includes(operation) &&
      message.includes('renditions: Array with fewer items'),
  },
  {
    check: 'negative_data_rejection',
    why: 'An upload that declares too much is refused by 413, with the limit.',
    ...codes('upload_too_large'),
  },
  ...['not_a_server_error', 'unsupported_method'].map((check) => ({
    check,
    why: 'RFC 9110 has 501 for a method that a server does not know, as QUERY here; 405 is for those it does.',
    ...codes('method_not_implemented'),
  })),
];

/** The findings that have no explanation. */
export const unexplained = (findings: Finding[]): Finding[] =>
  findings.filter((finding) => !EXPLAINED.some(({ check, explains }) => check === finding.check && explains(finding)));
