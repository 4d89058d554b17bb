import { expect } from 'chai';
import fc from 'fast-check';
import { eventually } from '../support/eventually.ts';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../support/http/form-body.ts';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { type MadeToken, madeToken, postWithToken, withToken } from '../support/services/upload-tokens.ts';

const IMAGES = {
  'image/jpeg': await photograph('jpeg'),
  'image/png': await photograph('png'),
  'image/webp': await photograph('webp'),
  'image/svg+xml': await photograph('svg'),
};
type MediaType = keyof typeof IMAGES;
const TYPES = Object.keys(IMAGES) as MediaType[];
const PRESETS = ['thumb', 'small', 'medium'];

/** What a token allows. `room` are the bytes that it has beyond the image of a request. */
interface Bounds {
  room: number;
  types: MediaType[] | undefined;
  renditions: string[];
  visibility: 'public' | 'private' | undefined;
  metadata: Record<string, string> | undefined;
}

/** What a browser sends. */
interface Sent {
  type: MediaType;
  renditions: string[];
  visibility: 'public' | 'private' | undefined;
  metadata: Record<string, string> | undefined;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const visibility = maybe(fc.constantFrom('public' as const, 'private' as const));
const metadata = maybe(
  fc.dictionary(fc.constantFrom('order', 'filename', 'album'), fc.constantFrom('17', 'a.jpg'), { maxKeys: 2 }),
);
const bounds: fc.Arbitrary<Bounds> = fc.record({
  room: fc.constantFrom(-10, -1, 0, 1, 1_000),
  types: maybe(fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 })),
  renditions: fc.uniqueArray(fc.constantFrom(...PRESETS)),
  visibility,
  metadata,
});
const sent: fc.Arbitrary<Sent> = fc.record({
  type: fc.constantFrom(...TYPES),
  renditions: fc.uniqueArray(fc.constantFrom(...PRESETS)),
  visibility,
  metadata,
});

/** Whether a request is within the bounds of a token, said in another way than the service says it. */
function isWithin(token: Bounds, { type, renditions, visibility: wanted, metadata: given = {} }: Sent): boolean {
  return [
    token.room >= 0,
    !token.types || token.types.includes(type),
    renditions.every((name) => token.renditions.includes(name)),
    wanted === undefined || wanted === token.visibility,
    !('order' in given) || given.order === token.metadata?.order,
    !('album' in given) || given.album === token.metadata?.album,
  ].every(Boolean);
}

describe('The bounds of an upload token', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true });
  });
  after(() => services.stop());

  const tokenFor = ({ room, ...rest }: Bounds, { type }: Sent): Promise<MadeToken> =>
    madeToken(services, { maxBytes: IMAGES[type].length + room, ...rest });

  /** Resolves when nothing is stored or queued that was not before; the file of a body that was refused goes after the answer. */
  async function nothingNew(before: string[]): Promise<void> {
    expect(await services.receiveAll()).to.deep.equal([]);
    await eventually('nothing is left of a refused upload', async () =>
      (await services.leftovers()).every((name) => before.includes(name)),
    );
  }

  /** Sends an upload in one request, as raw bytes or as a form, with or without its length. */
  function inOne(made: MadeToken, { type, renditions, visibility: wanted }: Sent, way: 'raw' | 'chunked' | 'form') {
    const query = [...(wanted ? [`visibility=${wanted}`] : [])];
    const body = IMAGES[type];
    if (way === 'form') {
      const headers = { 'content-type': FORM_TYPE };
      const parts = [filePart(body, type), renditionsPart(renditions)];
      const path = `/v1/images?${query.join('&')}`;
      return withToken(made, services.upload, { method: 'POST', path, headers, body: formBody(parts) });
    }
    const path = `/v1/images?${[...query, ...renditions.map((name) => `rendition=${name}`)].join('&')}`;
    return withToken(made, services.upload, { method: 'POST', path, body: way === 'raw' ? body : [body] });
  }

  /** Sends an upload in one part. `says` is what the browser says of the length. */
  async function inParts(made: MadeToken, { type, ...asked }: Sent, says: 'nothing' | 'the length' | 'less') {
    const body = IMAGES[type];
    const contentLength = { nothing: undefined, 'the length': body.length, less: body.length - 11 }[says];
    const begun = await postWithToken(made, services.asyncUpload, '/v1/uploads', { ...asked, contentLength });
    if (begun.status !== 201) return begun;
    const path = `/v1/uploads/${jsonOf(begun).uploadId}`;
    const part = await withToken(made, services.asyncUpload, { method: 'PUT', path: `${path}/parts/1`, body });
    const parts = [{ partNumber: 1, eTag: part.status === 200 ? jsonOf(part).eTag : 'none' }];
    const answer = await postWithToken(made, services.asyncUpload, `${path}/complete`, { parts });
    if (answer.status !== 201)
      await withToken(made, services.asyncUpload, { method: 'DELETE', path }).then(({ status }) =>
        expect(status).to.equal(204),
      );
    return answer;
  }

  async function expectMade(
    answer: Answered,
    made: MadeToken,
    token: Bounds,
    given: Record<string, string> = {},
  ): Promise<void> {
    expect(answer.status, answer.body.toString()).to.equal(201);
    const path = `/v1/images/${made.imageId}`;
    const record = jsonOf(await send(services.download, { path, headers: await as('shop') }));
    expect(jsonOf(answer)).to.include({ imageId: record.imageId, visibility: record.visibility });
    expect(record.visibility).to.equal(token.visibility ?? 'public');
    expect(record.metadata ?? {}).to.deep.equal({ ...given, ...token.metadata });
    expect(record.renditions.map(({ name }: { name: string }) => name)).to.deep.equal(token.renditions);
  }

  it('hold for uploads in one request: what is within them is stored as they say, and anything else writes nothing', async () => {
    const way = fc.constantFrom('raw' as const, 'chunked' as const, 'form' as const);
    await fc.assert(
      fc.asyncProperty(bounds, sent, way, async (token, asked, how) => {
        const made = await tokenFor(token, asked);
        await services.receiveAll();
        const before = await services.leftovers();
        const request = { ...asked, metadata: undefined };
        const answer = await inOne(made, request, how);
        if (isWithin(token, request)) return expectMade(answer, made, token);
        expectProblem(answer, 'upload_token_exceeded');
        await nothingNew(before);
      }),
      { numRuns: 100 },
    );
  });

  it('hold for uploads in parts, whatever is said about the length', async () => {
    const says = fc.constantFrom('nothing' as const, 'the length' as const, 'less' as const);
    await fc.assert(
      fc.asyncProperty(bounds, sent, says, async (token, asked, length) => {
        const made = await tokenFor(token, asked);
        await services.receiveAll();
        const answer = await inParts(made, asked, length);
        if (isWithin(token, asked) && length !== 'less') return expectMade(answer, made, token, asked.metadata);
        expect(answer.status, answer.body.toString()).to.be.within(400, 499);
        const left = (await services.leftovers()).filter((name) => name.includes(made.imageId));
        expect(left).to.deep.equal([]);
        expect(await services.receiveAll()).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
  });
});
