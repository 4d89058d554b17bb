import { createHash } from 'node:crypto';
import { drawing } from '../drawings/drawings.ts';
import { photograph } from '../images/photographs.ts';
import type { Choices } from './choices.ts';
import { type FuzzRequest, scrambled, wire } from './framing.ts';
import type { CaseMaker, FuzzCase } from './fuzz-run.ts';

const png = await photograph('png', 2, 2);
const IMAGES: [type: string, bytes: Buffer][] = [
  ['image/png', png],
  ['image/jpeg', await photograph('jpeg', 8, 8)],
  ['image/gif', await photograph('gif', 2, 2)],
  ['image/svg+xml', drawing({ width: 9, height: 9 })],
  ['image/webp', await photograph('webp', 200, 200)],
];

const RENDITIONS = [
  '["thumb"]',
  '["thumb",null]',
  '[]',
  'null',
  '{"a":1}',
  '["thumb"',
  '["thumb","thumb"]',
  '[{"name":"a"}]',
  '',
];

type Part = { headers: string[]; content: Buffer };

const disposition = (name: string, filename?: string) =>
  `content-disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`;

function filePart(choices: Choices): Part {
  const [type, content] = choices.of(IMAGES);
  return { headers: [disposition('file', 'a.png'), `content-type: ${type}`], content };
}

const renditionsPart = (choices: Choices): Part => ({
  headers: choices.chance(0.7)
    ? [disposition('renditions')]
    : [disposition('renditions', 'blob'), 'content-type: application/json'],
  content: Buffer.from(choices.of(RENDITIONS)),
});

/** A malformed part. */
const ODD_PARTS: ((choices: Choices) => Part)[] = [
  () => ({ headers: [], content: Buffer.from('x') }),
  () => ({ headers: ['no colon here'], content: png }),
  () => ({ headers: [': no name'], content: png }),
  () => ({ headers: ['content-disposition: form-data'], content: png }),
  () => ({ headers: ['content-disposition: attachment; name="file"'], content: png }),
  () => ({ headers: [disposition('file')], content: png }),
  () => ({ headers: [disposition('other', 'b')], content: png }),
  () => ({ headers: [disposition('title')], content: Buffer.from('a title') }),
  () => ({ headers: [disposition('file', '')], content: Buffer.alloc(0) }),
  () => ({ headers: [disposition('file', 'a'), disposition('renditions')], content: png }),
  () => ({ headers: ["content-disposition: form-data; name*=utf-8''fi%6ce; filename*=UTF-8''%ff%zz"], content: png }),
  () => ({ headers: [`content-disposition: form-data; name="fi\\"le"; filename="\\\\..\\a"`], content: png }),
  () => ({
    headers: [disposition('file', 'a'), 'content-type: ; charset', 'content-transfer-encoding: '],
    content: png,
  }),
  () => ({
    headers: [disposition('renditions'), 'content-type: text/plain; charset=utf-16le'],
    content: Buffer.from('["thumb"]'),
  }),
  () => ({
    headers: [disposition('file', 'a'), 'content-type: multipart/mixed; boundary=Y'],
    content: Buffer.from('--Y\r\n\r\nx\r\n--Y--'),
  }),
  (choices) => ({ headers: [disposition('file', 'x'.repeat(choices.whole(1, 100_000)))], content: png }),
  (choices) => ({ headers: Array.from({ length: choices.whole(1, 200) }, (_, at) => `x-${at}: y`), content: png }),
  (choices) => ({ headers: [disposition('file', 'a'), ' folded', '\tfolded'], content: choices.bytes(9) }),
  (choices) => ({
    headers: [disposition('renditions')],
    content: Buffer.alloc(choices.of([10, 70_000, 200_000]), '['),
  }),
];

const ENDINGS = [
  '--',
  '',
  '-',
  '--\r',
  '--\n',
  '\r\n',
  '\r',
  '\n',
  '--\r\nepilogue',
  '--\r\n--X\r\n',
  ' --',
  '--X',
  '\r\n\r\n',
];

const LINE_ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '', '\r\n\r\n', ' \r\n'];

/** A form of parts with boundaries. Each line end and the closing boundary may be wrong. */
function formOf(parts: Part[], boundary: string, choices: Choices): Buffer {
  const isSound = choices.chance(0.4);
  const line = () => (isSound ? '\r\n' : choices.of(LINE_ENDS));
  const pieces: (string | Buffer)[] = choices.chance(0.1) ? [choices.of(['preamble\r\n', '\r\n', '\r\n--', 'x'])] : [];
  for (const { headers, content } of parts) {
    pieces.push(`--${boundary}`, line());
    for (const header of headers) pieces.push(header, line());
    const inner = choices.chance(0.1)
      ? Buffer.concat([content, Buffer.from(`\r\n--${boundary.slice(0, -1)}`)])
      : content;
    pieces.push(line(), inner, line());
  }
  const ending = isSound && choices.chance(0.5) ? '--\r\n' : choices.of(ENDINGS);
  pieces.push(`--${boundary}`, ending);
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
}

function someForm(choices: Choices): { type: string; body: Buffer; about: string } {
  const boundary = choices.of(['X', 'X', 'a-long-boundary-of-a-browser-0123456789', "'()+_,./:=?", '-'.repeat(70)]);
  const parts = [filePart(choices)];
  if (choices.chance(0.5)) parts.splice(choices.whole(0, 1), 0, renditionsPart(choices));
  if (choices.chance(0.3)) parts.splice(choices.whole(0, parts.length), 0, choices.of(ODD_PARTS)(choices));
  if (choices.chance(0.1)) parts.push(choices.of(parts));
  const body = formOf(parts, boundary, choices);
  const named = choices.chance(0.9)
    ? `; boundary="${boundary}"`
    : choices.of(['', '; boundary=', '; boundary=Z', `; boundary=${'b'.repeat(300)}`]);
  return {
    type: `multipart/form-data${named}`,
    body: choices.chance(0.2) ? scrambled(body, choices) : body,
    about: 'a form',
  };
}

function someImage(choices: Choices): { type: string; body: Buffer; about: string } {
  const [type, image] = choices.of(IMAGES);
  const body = choices.chance(0.3) ? image : scrambled(image, choices);
  const declared = choices.chance(0.8)
    ? type
    : choices.of(['image/png', 'text/plain', 'application/octet-stream', 'x', 'image/', '']);
  return {
    type: declared,
    body: choices.chance(0.1) ? body.subarray(0, choices.whole(0, body.length)) : body,
    about: 'raw bytes',
  };
}

/** Keys of earlier cases are repeated, with the same upload or another. */
function someKey(choices: Choices, index: number): [string, string][] {
  if (choices.chance(0.5)) return [];
  if (choices.chance(0.7)) return [['idempotency-key', `key-${index}`]];
  return [
    [
      'idempotency-key',
      choices.of([`key-${Math.max(0, index - choices.whole(1, 30))}`, 'always', 'k'.repeat(256), '']),
    ],
  ];
}

function someDigest(body: Buffer, choices: Choices): [string, string][] {
  if (choices.chance(0.85)) return [];
  const right = createHash('md5').update(body).digest('base64');
  return [
    choices.of<[string, string]>([
      ['content-md5', right],
      ['content-md5', createHash('md5').update('other').digest('base64')],
      ['x-amz-checksum-crc32', 'AAAAAA=='],
      ['content-digest', 'sha-256=:AAAA:'],
      ['x-amz-checksum-foo', 'AAAA'],
    ]),
  ];
}

const SMALL = Buffer.concat([
  Buffer.from(`--X\r\n${disposition('file', 'a')}\r\ncontent-type: image/png\r\n\r\n`),
  png,
  Buffer.from(`\r\n--X\r\n${disposition('renditions')}\r\n\r\n["thumb"]\r\n--X--`),
]);

/** A small form cut off at every byte, declared with its length or more, with and without an Idempotency-Key. */
function cutCase(index: number, choices: Choices): FuzzCase {
  const [way, length] = [index % 4, Math.floor(index / 4)];
  const key: [string, string][] = way % 2 === 1 ? [['idempotency-key', `cut-${index}`]] : [];
  const headers: [string, string][] = [['content-type', 'multipart/form-data; boundary=X'], ...key];
  const request = { method: 'POST', path: '/v1/images', headers, body: SMALL.subarray(0, length) };
  const exact = wire(request, choices, { wrongShare: 0, goneShare: 0 });
  if (way < 2) return imageCase(`a small form cut off at ${length}`, [exact]);
  const gone = {
    ...exact,
    bytes: exact.bytes.subarray(0, -1),
    leaving: { how: choices.of(['close', 'reset', 'half-close'] as const), after: 0 },
  };
  return imageCase(`a small form whose client is gone at ${length}`, [gone]);
}

const imageCase = (about: string, exchanges: FuzzCase['exchanges']): FuzzCase => ({
  about,
  service: 'sync-upload',
  operation: 'uploadImage',
  exchanges,
});

/** Forms and raw bodies to `POST /v1/images`: first a small form cut off at every byte, then random ones. */
export const formCases: CaseMaker = (choices, index) => {
  if (index < (SMALL.length + 1) * 4) return cutCase(index, choices);
  const { type, body, about } = choices.chance(0.75) ? someForm(choices) : someImage(choices);
  const query = choices.chance(0.9)
    ? ''
    : choices.of(['?rendition=thumb', '?rendition=tiny', '?visibility=private', '?x', '?rendition=%zz']);
  const request: FuzzRequest = {
    method: 'POST',
    path: `/v1/images${query}`,
    headers: [['content-type', type], ...someKey(choices, index), ...someDigest(body, choices)],
    body,
  };
  // The same upload with the same key, at the same time.
  const count = choices.chance(0.05) ? choices.whole(2, 4) : 1;
  return imageCase(
    about,
    Array.from({ length: count }, () => wire(request, choices)),
  );
};
