import { signLink } from '../../../../shared/http/signed-links.ts';
import { jsonOf, send } from '../../http/http-client.ts';
import { withQuery } from '../../http/links.ts';
import type { Choices } from '../choices.ts';
import type { CaseMaker, FuzzCase } from '../fuzz-run.ts';
import { uploadImage } from '../json-cases.ts';
import { beginUpload } from '../part-cases.ts';
import type { FuzzTarget } from '../target.ts';
import { authorizationOf, FUZZED_LINK_KEYS, OWNER, STRANGER } from './callers.ts';
import { wireAs } from './shown-credentials.ts';

const ODD_TEXTS = [
  '',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'NaN',
  'a\u0000b',
  '__proto__',
  'later',
  'ü',
  'x'.repeat(3_000),
];

const NAMES = ['expires', 'keyId', 'signature'] as const;

/** After these a link opens nothing. */
const WRONG: ((link: string, choices: Choices) => string)[] = [
  (link, choices) => withQuery(link, (query) => query.set(choices.of(NAMES), choices.of(ODD_TEXTS))),
  (link, choices) => withQuery(link, (query) => query.delete(choices.of(NAMES))),
  (link, choices) => withQuery(link, (query) => query.append(choices.of(NAMES), choices.of(ODD_TEXTS))),
  (link) => withQuery(link, (query) => query.set('expires', String(Number(query.get('expires')) + 1))),
  (link) => withQuery(link, (query) => query.set('signature', `${query.get('signature')?.slice(0, -1)}=`)),
  (link) =>
    withQuery(link, (query) =>
      query.set('signature', Buffer.from(query.get('signature') ?? '', 'base64url').toString('hex')),
    ),
  (link, choices) =>
    link.replace('/v1/images/', choices.of(['/v1//images/', '/v1/./images/', '/v1/%69mages/', '//v1/images/'])),
  (link) => link.replace('?', '/x?'),
];

/** Signed links and URLs of parts: right ones, of another key or time, with other parameters, beside other credentials. */
export async function linkCases(target: FuzzTarget): Promise<CaseMaker> {
  const imageId = await uploadImage(target);
  const soon = new Date(Date.now() + 3_600_000);
  const operations = [
    ['getOriginal', `/v1/images/${imageId}/original`],
    ['getRendition', `/v1/images/${imageId}/renditions/thumb`],
    ['getFile', `/v1/images/${imageId}/files/${'0'.repeat(32)}.jpg`],
  ] as const;
  const partUrl = await signedPartUrl(target);
  const signed = operations.flatMap(([operation, path]) => {
    const links = [...FUZZED_LINK_KEYS.map((key) => signLink(path, soon, key))];
    for (const link of links) target.secrets.add(new URLSearchParams(link.split('?')[1]).get('signature') ?? '');
    return links.map((link) => ({ operation, path, link }));
  });
  const [key] = FUZZED_LINK_KEYS;
  return (choices): FuzzCase => {
    if (choices.chance(0.15)) return partCase(partUrl, choices);
    const { operation, path, link } = choices.of(signed);
    const way = choices.whole(0, 9);
    const wrong = choices.of([
      ...WRONG.map((change) => () => change(link, choices)),
      () => signLink(path, new Date(Date.now() - 1_000), key),
      () => signLink(path, soon, { ...key, secret: 'x'.repeat(43) }),
      () => signLink(`${path}x`, soon, key).replace(`${path}x`, path),
    ]);
    const asked = way <= 3 ? link : wrong();
    const headers: [string, string][] = choices.chance(0.2)
      ? [['authorization', authorizationOf(choices.of([OWNER, STRANGER])).authorization]]
      : [];
    const request = { method: choices.of(['GET', 'GET', 'HEAD']), path: asked, headers: [] };
    return {
      ...{ service: 'download', operation, about: `the link ${asked}`, mustFail: way > 3 && headers.length === 0 },
      exchanges: [wireAs(request, headers, choices)],
    };
  };
}

/** A URL that takes a part without other credentials. */
async function signedPartUrl(target: FuzzTarget): Promise<string> {
  const { uploadId } = await beginUpload(target);
  const answer = await send(`http://127.0.0.1:${target.programs['async-upload'].port}`, {
    method: 'POST',
    path: `/v1/uploads/${uploadId}/part-urls`,
    headers: { 'content-type': 'application/json', ...target.authorization },
    body: JSON.stringify({ parts: [{ partNumber: 1, contentLength: 5 }] }),
  });
  const { url } = jsonOf(answer).parts[0] as { url: string };
  target.secrets.add(new URL(url, 'http://x').searchParams.get('signature') ?? '');
  return url.slice(url.indexOf('/v1/'));
}

function partCase(url: string, choices: Choices): FuzzCase {
  const isRight = choices.chance(0.3);
  const asked = isRight
    ? url
    : withQuery(url, (query) => query.set(choices.of([...query.keys()]), choices.of(ODD_TEXTS)));
  const request = { method: 'PUT', path: asked, headers: [], body: Buffer.from(choices.of(['12345', '1', '123456'])) };
  return {
    ...{ service: 'async-upload', operation: 'uploadPart', about: `the URL of a part ${asked}`, mustFail: !isRight },
    exchanges: [wireAs(request, [], choices)],
  };
}
