import { generateKeyPairSync, verify } from 'node:crypto';
import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { Endpoint } from '../../../scripts/smoke/endpoint.ts';
import type { Answer } from '../../../scripts/upload/http-exchange.ts';
import { answerOf, type Fault, type Passed, withJson } from './faulty-proxy.ts';
import { API_KEY, type SmokeBench, startSmokeBench } from './smoke-bench.ts';

const at = (method: string, path: RegExp) => (request: Passed) => request.method === method && path.test(request.path);

const isImage = /^\/v1\/images\/[^/]+$/;
const isOriginal = /\/original(\?|$)/;
const isRendition = (name: string) => new RegExp(`/renditions/${name}$`);

/** A fault that answers certain requests itself. */
const answering = (is: (request: Passed) => boolean, answer: Answer): Fault => ({
  before: (request) => (is(request) ? answer : undefined),
});

/** A fault that changes certain answers. */
const changing = (is: (request: Passed) => boolean, change: (answer: Answer) => Answer | Promise<Answer>): Fault => ({
  after: (request, answer) => (is(request) ? change(answer) : answer),
});

/** A rendition with other pixels in the same format. */
const redrawn = (name: string, draw: (image: Sharp) => Sharp): Fault =>
  changing(at('GET', isRendition(name)), async (answer) => ({
    ...answer,
    body: await draw(sharp(answer.body)).toBuffer(),
  }));

const withoutHeader =
  (name: string) =>
  ({ headers: { [name]: _, ...headers }, ...answer }: Answer): Answer => ({ ...answer, headers });

const inRecords = (change: (rendition: Record<string, unknown>) => void): Fault =>
  changing(at('GET', isImage), (answer) =>
    answer.status === 200 ? withJson(answer, ({ renditions }) => renditions.forEach(change)) : answer,
  );

/** What is wrong, the step that must find it, and the service that it must name. */
const FAULTS: [title: string, fault: Fault, step: RegExp, suspects: RegExp][] = [
  ['an API that answers nothing but 404', answering(() => true, answerOf(404)), /API answers/, /download/],
  [
    'an upload service that fails',
    answering(at('POST', /^\/v1\/images(\?|$)/), answerOf(500)),
    /in one request/,
    /sync-upload/,
  ],
  [
    'an upload service that stores another number of bytes',
    changing(at('POST', /^\/v1\/images(\?|$)/), (answer) =>
      withJson(answer, (json) => {
        json.contentLength += 1;
      }),
    ),
    /in one request/,
    /sync-upload/,
  ],
  [
    'an upload service that does not turn photographs upright',
    changing(at('POST', /^\/v1\/images(\?|$)/), (answer) =>
      withJson(answer, (json) => {
        [json.width, json.height] = [json.height, json.width];
      }),
    ),
    /in one request/,
    /sync-upload/,
  ],
  ['parts that are refused', answering(at('PUT', /\/parts\/2$/), answerOf(500)), /in two parts/, /async-upload/],
  [
    'uploads that are never joined',
    answering(at('POST', /\/complete$/), answerOf(202)),
    /in two parts/,
    /async-upload/,
  ],
  [
    'a worker that does not start',
    inRecords((rendition) => {
      rendition.status = 'queued';
    }),
    /renditions of both are made/,
    /worker/,
  ],
  [
    'a worker that fails',
    inRecords((rendition) =>
      Object.assign(rendition, { status: 'failed', failure: { code: 'internal_error', detail: 'broken' } }),
    ),
    /renditions of both are made/,
    /worker/,
  ],
  [
    'a download service that loses a byte',
    changing(at('GET', isOriginal), (answer) => ({ ...answer, body: answer.body.subarray(1) })),
    /byte for byte/,
    /download/,
  ],
  [
    'a download service that ignores conditions',
    changing(at('GET', isOriginal), (answer) => (answer.status === 304 ? { ...answer, status: 200 } : answer)),
    /byte for byte/,
    /download/,
  ],
  [
    'a download service that ignores ranges',
    changing(at('GET', isOriginal), (answer) => (answer.status === 206 ? { ...answer, status: 200 } : answer)),
    /byte for byte/,
    /download/,
  ],
  ...['etag', 'cache-control', 'accept-ranges', 'content-type'].map((name): (typeof FAULTS)[number] => [
    `a download service without ${name}`,
    changing(at('GET', isOriginal), withoutHeader(name)),
    /byte for byte/,
    /download/,
  ]),
  [
    'a rendition that is not turned',
    redrawn('turned', (image) => image.rotate(180)),
    /show what was requested/,
    /worker/,
  ],
  ['a mirrored rendition', redrawn('cropped', (image) => image.flop()), /show what was requested/, /worker/],
  [
    'a rendition of another size',
    redrawn('thumb', (image) => image.resize(199, 200)),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition in one colour',
    redrawn('thumb', (image) =>
      image.composite([{ input: { create: { width: 200, height: 200, channels: 3, background: '#888' } } }]),
    ),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition whose red and blue are exchanged',
    redrawn('cropped', (image) =>
      image.recomb([
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ]),
    ),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition that is a little too dark',
    redrawn('cropped', (image) => image.linear(0.93, 0)),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition whose crop is six pixels off',
    redrawn('cropped', (image) =>
      image.extract({ left: 6, top: 0, width: 354, height: 240 }).resize(360, 240, { fit: 'fill' }),
    ),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition without its watermark',
    redrawn('marked', (image) =>
      image.composite([
        { input: { create: { width: 150, height: 100, channels: 3, background: '#b04a38' } }, left: 60, top: 60 },
      ]),
    ),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition with a grey lower half',
    redrawn('turned', (image) =>
      image.composite([
        { input: { create: { width: 200, height: 60, channels: 3, background: '#888' } }, gravity: 'south' },
      ]),
    ),
    /show what was requested/,
    /worker/,
  ],
  [
    'a rendition that cannot be decoded',
    changing(at('GET', isRendition('thumb')), (answer) => ({ ...answer, body: Buffer.from('RIFF') })),
    /show what was requested/,
    /worker/,
  ],
  [
    'private images that are open to strangers',
    {
      before: ({ method, path, headers }) =>
        method === 'GET' && isOriginal.test(path) && !headers.authorization ? answerOf(200) : undefined,
    },
    /closed to strangers/,
    /download/,
  ],
  [
    'links that nobody signs',
    answering(at('POST', /\/links$/), answerOf(409)),
    /closed to strangers/,
    /download, its secrets/,
  ],
  [
    'links that open whatever they say',
    changing(at('GET', /expires=1\d{10}&/), (answer) => ({ ...answer, status: 200 })),
    /closed to strangers/,
    /download/,
  ],
  [
    'a CDN that refuses to forget',
    changing(at('DELETE', isImage), () => answerOf(202, { purge: { status: 'failed', paths: [], detail: 'no' } })),
    /both are deleted/,
    /sync-upload/,
  ],
  ['deletions that fail', answering(at('DELETE', isImage), answerOf(500)), /both are deleted/, /sync-upload/],
];

describe('npm run smoke finds', function () {
  this.timeout(300_000);
  let bench: SmokeBench;
  before(async () => {
    bench = await startSmokeBench();
  });
  after(() => bench?.stop());
  afterEach(async () => {
    bench.api.fault = {};
    bench.cdn.fault = {};
  });

  /** Deletes what a fault kept the smoke test from deleting. */
  async function clear(): Promise<void> {
    const api = new Endpoint(bench.url, { apiKey: API_KEY });
    const { body } = await api.ask('GET', '/v1/images');
    for (const { imageId } of JSON.parse(body.toString()).images) await api.ask('DELETE', `/v1/images/${imageId}`);
  }

  for (const [title, fault, step, suspects] of FAULTS)
    it(`${title}, and leaves nothing behind, or says what`, async () => {
      // A copy that the CDN keeps is left too.
      const cannotDelete = ['deletions that fail', 'a CDN that refuses to forget'].includes(title);
      bench.api.fault = fault;
      const { status, lines } = await bench.smoke({ timeoutMinutes: 0.5 });
      const said = lines.join('\n');
      expect(status, said).to.equal(cannotDelete ? 3 : 1);
      const [failed = '', , suspected = ''] = lines.slice(lines.findIndex((line) => line.startsWith('FAILED')));
      expect(failed).to.match(step);
      expect(suspected, said).to.match(suspects);
      if (cannotDelete) expect(lines.at(-1)).to.match(/^LEFT {4}Delete by hand.*\/v1\/images\/\S+ .*\/v1\/images\//);
      else expect(await bench.left()).to.deep.equal([]);
      await clear();
    });

  it('an image whose upload was answered to nobody, and deletes it', async () => {
    bench.api.fault = changing(at('POST', /^\/v1\/images(\?|$)/), () => answerOf(500));
    const { status, lines } = await bench.smoke();
    expect(status, lines.join('\n')).to.equal(1);
    expect(await bench.left()).to.deep.equal([]);
  });

  describe('through a CDN', () => {
    /** Copies that the CDN still serves after the deletion, so many times. */
    function keeping(times: number): Fault {
      const copies = new Map<string, Answer>();
      let left = times;
      return {
        before: ({ path }) => {
          const copy = copies.get(path);
          return copy && bench.api.fault.before?.({ method: 'DELETED', path, headers: {} }) && left-- > 0
            ? copy
            : undefined;
        },
        after: ({ path, headers }, answer) => {
          if (answer.status === 200 && !headers.range && !headers['if-none-match']) copies.set(path, answer);
          return answer;
        },
      };
    }

    /** An API with a CDN, which is asked to purge. */
    const purging = (): Fault => {
      let isDeleted = false;
      return {
        before: ({ method }) => (method === 'DELETED' && isDeleted ? answerOf(200) : undefined),
        after: ({ method }, answer) => {
          if (method !== 'DELETE') return answer;
          isDeleted = true;
          return answerOf(202, { purge: { status: 'requested', paths: [] } });
        },
      };
    };

    it('nothing where its copies are gone after a while', async () => {
      bench.api.fault = purging();
      bench.cdn.fault = keeping(6);
      const { status, lines } = await bench.smoke({ throughCdn: true });
      expect(status, lines.join('\n')).to.equal(0);
    });

    it('a copy that stays', async () => {
      bench.api.fault = purging();
      bench.cdn.fault = keeping(Number.POSITIVE_INFINITY);
      const { status, lines } = await bench.smoke({ throughCdn: true, timeoutMinutes: 1 });
      expect(status).to.equal(1);
      expect(lines.join('\n')).to.match(
        /FAILED {2}the deleted one is gone.*\n.*After 1 minutes.*\n.*invalidations of the CDN/,
      );
    });

    it('nothing where it serves URLs that are signed, and the key is known', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const signer = { keyId: 'K1', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
      let signed = 0;
      bench.cdn.fault = {
        before: ({ path }) => {
          if (path === '/v1/limits') return undefined;
          const [resource, query = ''] = path.split(/[?&](?=Expires=)/);
          const { Expires, Signature = '', 'Key-Pair-Id': keyId } = Object.fromEntries(new URLSearchParams(query));
          const policy = `{"Statement":[{"Resource":"${bench.cdn.url}${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${Expires}}}}]}`;
          const bytes = Buffer.from(Signature.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
          if (keyId !== 'K1' || !verify('sha1', Buffer.from(policy), publicKey, bytes)) return answerOf(403);
          signed += 1;
          return undefined;
        },
      };
      const bytes = new Endpoint(bench.cdn.url, { apiKey: API_KEY, signer });
      const { status, lines } = await bench.smoke({ throughCdn: true, bytes });
      expect(status, lines.join('\n')).to.equal(0);
      expect(signed).to.be.above(8);
    });
  });
});
