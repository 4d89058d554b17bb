import { createHash } from 'node:crypto';
import { imagePath } from '../../shared/contracts/api/image-view.ts';
import type { LinkView } from '../../shared/contracts/api/link.ts';
import type { Answer } from '../upload/http-exchange.ts';
import { expectEqual, expectHeader, expectStatus, jsonOf, Unexpected } from './expectations.ts';
import { wrongWith } from './pictures.ts';
import { type Run, theParts, theWhole, type Uploaded } from './run.ts';

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

/** What clients and caches rely on, whatever the bytes are. */
function expectDownload(what: string, answer: Answer, mediaType: string, visibility: 'public' | 'private'): void {
  expectStatus(what, answer, 200);
  expectEqual(`the content-type of ${what}`, answer.headers['content-type'], mediaType);
  expectHeader(what, answer, 'etag', /^"[0-9a-f]{64}"$/);
  expectHeader(what, answer, 'cache-control', visibility === 'public' ? /^public, max-age=\d+/ : /^private/);
  expectHeader(what, answer, 'accept-ranges', /^bytes$/);
}

/** Downloads the original: whole, by a condition, in part, and by the path that may be cached for a year. */
export async function downloadOriginal(run: Run): Promise<void> {
  const { picture, image } = theWhole(run);
  const path = image.links.original;
  const whole = await run.bytes.ask('GET', path);
  expectDownload('the original', whole, picture.mediaType, 'public');
  expectEqual('the SHA-256 of the original', digestOf(whole.body), picture.checksumSha256);
  const same = await run.bytes.ask('GET', path, { headers: { 'if-none-match': String(whole.headers.etag) } });
  expectStatus('the original with If-None-Match', same, 304);
  const part = await run.bytes.ask('GET', path, { headers: { range: 'bytes=100-299' } });
  expectStatus('a range of the original', part, 206);
  if (!part.body.equals(picture.bytes.subarray(100, 300)))
    throw new Unexpected('a range of the original has other bytes');
  const file = await run.bytes.ask('GET', image.links.file);
  expectHeader('the file of the original', file, 'cache-control', /immutable/);
  expectEqual('the SHA-256 of the file of the original', digestOf(file.body), picture.checksumSha256);
}

/** Downloads every rendition of an image and compares it with what it must show. */
export async function compareRenditions(run: Run, { image, picture }: Uploaded): Promise<void> {
  for (const rendition of picture.renditions) {
    const what = `the rendition ${rendition.name}`;
    const answer = await run.bytes.ask('GET', `${imagePath(image.imageId)}/renditions/${rendition.name}`);
    expectDownload(what, answer, rendition.mediaType, image.visibility);
    const wrong = await wrongWith(answer.body, rendition);
    if (wrong) throw new Unexpected(`${what} is not as requested: ${wrong}.`);
  }
}

/** A private image is closed to strangers, and a signed link opens one path of it to everybody. */
export async function openByLink(run: Run): Promise<void> {
  const { image, picture } = theParts(run);
  const stranger = await run.bytes.ask('GET', image.links.original, { isAnonymous: true });
  expectStatus('a private original without a key', stranger, 401, 404);
  const made = await run.api.ask('POST', `${imagePath(image.imageId)}/links`, { json: { target: 'original' } });
  expectStatus('the request for a link', made, 201);
  const { url } = jsonOf<LinkView>('the request for a link', made);
  const opened = await run.bytes.ask('GET', url, { isAnonymous: true });
  expectDownload('a private original by its link', opened, picture.mediaType, 'private');
  expectEqual('the SHA-256 of the private original', digestOf(opened.body), picture.checksumSha256);
  const forged = await run.bytes.ask('GET', url.replace(/expires=(\d+)/, 'expires=1$1'), { isAnonymous: true });
  expectStatus('a private original by a changed link', forged, 403);
}
