import { createHash } from 'node:crypto';
import type { UploadView } from '../../../shared/contracts/api/upload-view.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { jsonOf, send } from '../http/http-client.ts';
import type { Choices } from './choices.ts';
import { wire } from './framing.ts';
import type { CaseMaker } from './fuzz-run.ts';
import type { FuzzTarget } from './target.ts';

const baseOf = ({ programs }: FuzzTarget): string => `http://127.0.0.1:${programs['async-upload'].port}`;

/** Begins an upload in parts. */
export async function beginUpload(target: FuzzTarget, declaration: object = {}): Promise<UploadView> {
  const answer = await send(baseOf(target), {
    method: 'POST',
    path: '/v1/uploads',
    headers: { 'content-type': 'application/json', ...target.authorization },
    body: JSON.stringify({ contentType: 'image/png', ...declaration }),
  });
  if (answer.status !== 201) throw new Error(`an upload cannot be begun: ${answer.body}`);
  return jsonOf(answer);
}

function someDigests(body: Buffer, choices: Choices): [string, string][] {
  const of = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64');
  return choices.of<[string, string][]>([
    [],
    [],
    [['content-md5', of('md5', body)]],
    [
      ['x-amz-checksum-sha256', of('sha256', body)],
      ['content-md5', of('md5', body)],
    ],
    [['x-amz-checksum-sha256', of('sha256', Buffer.from('other'))]],
    [['content-digest', `sha-256=:${of('sha256', body)}:`]],
    [['content-md5', 'AAAA']],
    [['x-amz-checksum-crc32', '']],
    [['content-encoding', 'gzip']],
  ]);
}

const NUMBERS = ['1', '2', '3', '10000', '10001', '0', '-1', '1.0', '01', '%31', 'x', '1e3'];

const QUERIES = [
  '',
  '',
  '',
  '',
  '?expires=1&signature=x',
  '?expires=x',
  '?signature=',
  '?expires=99999999999&signature=AAAA',
];

/** Parts for three uploads: one accepts any number of bytes, one only a few, and one does not exist. */
export async function partCases(target: FuzzTarget): Promise<CaseMaker> {
  const [free, small] = [await beginUpload(target), await beginUpload(target, { contentLength: 1000 })];
  const ids = [free.uploadId, free.uploadId, small.uploadId, '00000000-0000-4000-8000-000000000000', 'x'];
  return (choices) => {
    const body = Buffer.alloc(choices.of([0, 1, 10, 1000, 1001, 100_000, choices.whole(0, 300_000)]), 'part');
    const path = `/v1/uploads/${choices.of(ids)}/parts/${choices.of(NUMBERS)}${choices.of(QUERIES)}`;
    const huge: [string, string][] = [['content-length', String(LIMITS.maxPartBytes + 1)]];
    const isHuge = choices.chance(0.02);
    const headers = someDigests(body, choices);
    const request = {
      method: 'PUT',
      path,
      headers: isHuge ? [...headers, ...huge] : headers,
      ...(!isHuge && { body }),
    };
    // Several concurrent parts that replace each other.
    const count = choices.chance(0.1) ? choices.whole(2, 4) : 1;
    const exchanges = Array.from({ length: count }, () => wire(request, choices));
    return { about: `${body.length} bytes to ${path}`, service: 'async-upload', operation: 'uploadPart', exchanges };
  };
}
