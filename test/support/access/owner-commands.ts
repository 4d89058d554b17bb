import { expect } from 'chai';
import fc, { type AsyncCommand } from 'fast-check';
import { openWatermarks } from '../../../containers/worker/fetch-watermarks.ts';
import { openMessageCosts } from '../../../containers/worker/message-costs.ts';
import type { WorkDirectory } from '../../../containers/worker/work-directory.ts';
import {
  VISIBILITIES,
  type Visibility,
  WATERMARK_USES,
  type WatermarkUse,
} from '../../../shared/domain/image-record.ts';
import { openRequestLedger } from '../../../shared/runtime/aws-requests.ts';
import { type Answered, jsonOf, type Outgoing, send } from '../http/http-client.ts';
import { photograph } from '../images/photographs.ts';
import type { Services } from '../services/services.ts';
import { type ModelImage, NOBODY, OWNERS, type OwnerModel, statusForBytes, statusForOwner } from './owner-model.ts';

const jpeg = await photograph('jpeg', 8, 8);

/** The services, as each owner of one run reaches them. */
export interface OwnersServices {
  services: Services;
  directory: WorkDirectory;
  /** The names of the owners, which differ between runs. */
  names: readonly string[];
  headersOf(who: number): Record<string, string>;
  /** Lets every cached record expire. */
  expireCaches(): Promise<void>;
}

type Command = AsyncCommand<OwnerModel, OwnersServices>;
type Step = (model: OwnerModel, real: OwnersServices) => Promise<void>;

const command = (name: string, step: Step): Command => ({
  check: () => true,
  run: step,
  toString: () => name,
});

async function ask(
  { services, headersOf, expireCaches }: OwnersServices,
  service: 'sync-upload' | 'async-upload' | 'download',
  who: number,
  outgoing: Outgoing,
): Promise<Answered> {
  await expireCaches();
  return send(services.baseOf(service), { ...outgoing, headers: { ...outgoing.headers, ...headersOf(who) } });
}

const json = (method: string, path: string, body: object): Outgoing => ({
  ...{ method, path, headers: { 'content-type': 'application/json' } },
  body: JSON.stringify(body),
});
const pathOf = (imageId: string, below = '') => `/v1/images/${imageId}${below}`;
function expectStatus({ status, body }: Answered, expected: number | number[], what: string): void {
  expect([expected].flat(), `${what}: ${status} ${body.subarray(0, 300)}`).to.include(status);
}

/** The image or upload that a number means, of those that there are; undefined if there are none. */
const chosen = <Entry>(entries: Map<string, Entry>, choice: number): [id: string, entry: Entry] | undefined =>
  [...entries][choice % Math.max(1, entries.size)];

const newImage = (owner: number, visibility: Visibility): ModelImage => ({
  ...{ owner, visibility, watermarkFor: 'own', isDeleted: false, hasThumb: false, isChanged: false },
});

const upload = (who: number, visibility: Visibility, key: string | undefined): Command =>
  command(`${who} uploads a ${visibility} image${key ? ` with ${key}` : ''}`, async (model, real) => {
    const answer = await ask(real, 'sync-upload', who, {
      ...{ method: 'POST', path: `/v1/images?visibility=${visibility}`, body: jpeg },
      headers: key ? { 'idempotency-key': key } : {},
    });
    if (who === NOBODY) return expectStatus(answer, 401, 'an upload of nobody');
    const known = key && model.keys.get(`${who} ${key}`);
    const image = known && model.images.get(known.imageId);
    if (known && image) {
      const isSame = known.visibility === visibility;
      if (image.isDeleted) return expectStatus(answer, [409, 410], 'an upload that is repeated after its deletion');
      expectStatus(answer, image.isChanged ? [201, 409] : isSame ? 201 : 409, 'an upload with a key that was used');
      if (answer.status === 201) expect(jsonOf(answer).imageId).to.equal(known.imageId);
      return;
    }
    expectStatus(answer, 201, 'an upload');
    const { imageId } = jsonOf(answer);
    expect(model.images.has(imageId), 'an image of before').to.equal(false);
    model.images.set(imageId, newImage(who, visibility));
    if (key) model.keys.set(`${who} ${key}`, { imageId, visibility });
  });

const ofImage = (
  name: string,
  choice: number,
  step: (id: string, image: ModelImage, real: OwnersServices) => Promise<void>,
) =>
  command(`${name} image ${choice}`, async (model, real) => {
    const found = chosen(model.images, choice);
    if (found) await step(...found, real);
  });

const read = (who: number, choice: number): Command =>
  ofImage(`${who} reads`, choice, async (id, image, real) => {
    const get = (below: string, method = 'GET') => ask(real, 'download', who, { method, path: pathOf(id, below) });
    expectStatus(await get(''), statusForOwner(image, who, 200), 'a record');
    expectStatus(await get('/events', 'HEAD'), statusForOwner(image, who, 200), 'events');
    expectStatus(await get('/original'), statusForBytes(image, who, 200), 'an original');
    expectStatus(await get('/renditions/thumb'), statusForBytes(image, who, image.hasThumb ? 202 : 404), 'a rendition');
    expectStatus(await get(`/files/${'0'.repeat(32)}.webp`), statusForBytes(image, who, 404), 'a file');
  });

const list = (who: number): Command =>
  command(`${who} lists`, async (model, real) => {
    for (const query of ['', '&status=ready', '&status=processing']) {
      const answer = await ask(real, 'download', who, { path: `/v1/images?limit=100${query}` });
      if (who === NOBODY) return expectStatus(answer, 401, 'a list');
      const own = [...model.images].filter(([, { owner, isDeleted }]) => owner === who && !isDeleted);
      const expected = own.filter(([, { hasThumb }]) => query === '' || hasThumb === query.endsWith('processing'));
      const ids = jsonOf(answer).images.map(({ imageId }: { imageId: string }) => imageId);
      expect(ids, `the list of ${who}${query}`).to.have.members(expected.map(([id]) => id));
    }
  });

const requestThumb = (who: number, choice: number): Command =>
  ofImage(`${who} asks for a rendition of`, choice, async (id, image, real) => {
    const answer = await ask(
      real,
      'sync-upload',
      who,
      json('POST', pathOf(id, '/renditions'), { renditions: ['thumb'] }),
    );
    expectStatus(answer, statusForOwner(image, who, 202), 'a request for a rendition');
    if (answer.status === 202) Object.assign(image, { hasThumb: true });
  });

const change = (
  who: number,
  choice: number,
  changes: { visibility?: Visibility; watermarkFor?: WatermarkUse },
): Command =>
  ofImage(`${who} sets ${JSON.stringify(changes)} of`, choice, async (id, image, real) => {
    const answer = await ask(real, 'sync-upload', who, json('PATCH', pathOf(id), changes));
    expectStatus(answer, statusForOwner(image, who, 200), 'a change');
    if (answer.status === 200) Object.assign(image, { ...changes, isChanged: true });
  });

const remove = (who: number, choice: number, precondition: Record<string, string>): Command =>
  ofImage(`${who} deletes ${JSON.stringify(precondition)}`, choice, async (id, image, real) => {
    const answer = await ask(real, 'sync-upload', who, { method: 'DELETE', path: pathOf(id), headers: precondition });
    const isOwn = image.owner === who;
    const isWrong = isOwn && !image.isDeleted && precondition['if-match'] === '"another"';
    // A deletion is safe to repeat.
    expectStatus(answer, isWrong ? 412 : statusForOwner({ ...image, isDeleted: false }, who, 204), 'a deletion');
    if (answer.status === 204) Object.assign(image, { isDeleted: true });
  });

const link = (who: number, choice: number): Command =>
  ofImage(`${who} signs a link to`, choice, async (id, image, real) => {
    const answer = await ask(real, 'download', who, json('POST', pathOf(id, '/links'), { target: 'original' }));
    expectStatus(answer, statusForOwner(image, who, 201), 'a link');
    if (answer.status !== 201) return;
    const { url } = jsonOf(answer);
    for (const reader of [NOBODY, (who + 1) % OWNERS])
      expectStatus(await ask(real, 'download', reader, { path: url }), 200, 'what a link opens');
  });

const watermark = (who: number, choice: number): Command =>
  ofImage(`${who} shows as a watermark`, choice, async (id, image, { services, directory, names }) => {
    const costs = openMessageCosts(openRequestLedger(), undefined);
    const { signal } = new AbortController();
    const watermarks = openWatermarks({ ...services, directory, costs }, String(names[who]), signal);
    const commands = [{ operation: 'watermark', imageId: id }] as never;
    const found = await watermarks
      .arePrivate({ name: 'marked', commands, output: { format: 'png' } })
      .then((isPrivate) => (isPrivate ? 'private' : 'shown'))
      .catch(({ code }) => code);
    await watermarks.remove();
    const isMine = image.owner === who;
    const isHidden = image.visibility === 'private' && image.watermarkFor === 'own';
    const mayShow = !image.isDeleted && (isMine || image.watermarkFor === 'everyone');
    expect(found).to.equal(mayShow ? (isHidden ? 'private' : 'shown') : 'watermark_not_found');
  });

const begin = (who: number): Command =>
  command(`${who} begins an upload`, async (model, real) => {
    const answer = await ask(real, 'async-upload', who, json('POST', '/v1/uploads', { contentType: 'image/jpeg' }));
    expectStatus(answer, who === NOBODY ? 401 : 201, 'a begin');
    if (answer.status === 201) model.uploads.set(jsonOf(answer).uploadId, { owner: who, isOpen: true });
  });

/** What somebody does with an upload in parts: reads it, sends its only part, completes or aborts it. */
const useUpload = (who: number, choice: number, does: 'read' | 'complete' | 'abort'): Command =>
  command(`${who} does ${does} with upload ${choice}`, async (model, real) => {
    const [id, found] = chosen(model.uploads, choice) ?? [];
    if (id === undefined || !found) return;
    const call = (outgoing: Outgoing) =>
      ask(real, 'async-upload', who, { ...outgoing, path: `/v1/uploads/${id}${outgoing.path}` });
    const refused = who === NOBODY ? 401 : 404;
    const isOwn = found.owner === who;
    const part = await call({ method: 'PUT', path: '/parts/1', body: jpeg });
    if (!isOwn || found.isOpen) expectStatus(part, isOwn ? 200 : refused, 'a part');
    if (!isOwn) {
      for (const outgoing of [
        ...[{ path: '' }, { path: '/parts' }, { method: 'DELETE', path: '' }],
        ...[json('POST', '/complete', { parts: [{ partNumber: 1, eTag: 'a' }] })],
        ...[json('POST', '/part-urls', { parts: [{ partNumber: 1, contentLength: 1 }] })],
      ])
        expectStatus(await call(outgoing), refused, `${outgoing.method} ${outgoing.path}`);
      return;
    }
    if (!found.isOpen) return;
    if (does === 'read') return expectStatus(await call({ path: '' }), 200, 'an upload');
    if (does === 'abort') expectStatus(await call({ method: 'DELETE', path: '' }), 204, 'an abort');
    else {
      const { eTag } = jsonOf(part);
      const answer = await call(json('POST', '/complete', { parts: [{ partNumber: 1, eTag }] }));
      expectStatus(answer, 201, 'a completion');
      const { imageId, visibility } = jsonOf(answer);
      model.images.set(imageId, newImage(who, visibility));
    }
    found.isOpen = false;
  });

const anybody = fc.nat(NOBODY);
const choice = fc.nat(20);
const visibility = fc.constantFrom(...VISIBILITIES);

/** Everything that anybody may try. */
export const OWNER_COMMANDS: fc.Arbitrary<Command>[] = [
  fc.tuple(anybody, visibility, fc.constantFrom(undefined, undefined, 'key-1', 'key-2')).map((each) => upload(...each)),
  fc.tuple(anybody, choice).map((each) => read(...each)),
  anybody.map(list),
  fc.tuple(anybody, choice).map((each) => requestThumb(...each)),
  fc.tuple(anybody, choice, visibility).map(([who, which, to]) => change(who, which, { visibility: to })),
  fc
    .tuple(anybody, choice, fc.constantFrom(...WATERMARK_USES))
    .map(([who, which, to]) => change(who, which, { watermarkFor: to })),
  fc
    .tuple(
      anybody,
      choice,
      fc.constantFrom<Record<string, string>[]>({}, { 'if-match': '*' }, { 'if-match': '"another"' }),
    )
    .map((each) => remove(...each)),
  fc.tuple(anybody, choice).map((each) => link(...each)),
  fc.tuple(fc.nat(OWNERS - 1), choice).map((each) => watermark(...each)),
  anybody.map(begin),
  fc
    .tuple(anybody, choice, fc.constantFrom('read' as const, 'complete' as const, 'abort' as const))
    .map((each) => useUpload(...each)),
];
