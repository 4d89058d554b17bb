import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ImageView } from '../../../shared/contracts/api/image-view.ts';
import { LINK_PARAMETERS, type LinkRequest } from '../../../shared/contracts/api/link.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { type Answered, expectProblem, send, sendBytes } from '../../support/http/http-client.ts';
import { earlierKey, linkTo, signedFor, signingKey, withQuery } from '../../support/http/links.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { startServices } from '../../support/services/services.ts';

const KEY = 'a-key';
const AUTHORIZATION = { authorization: `Bearer ${KEY}` };
const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

const KINDS = ['original', 'rendition', 'file', 'events'] as const;
type Kind = (typeof KINDS)[number];

/** A private image with one rendition, which is ready. */
interface Subject {
  view: ImageView;
  paths: Record<Kind, string>;
}

const flip = (text: string, at: number): string =>
  `${text.slice(0, at)}${text.at(at) === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

/** A spelling that a lenient decoder of base64url reads as the same bytes, because two bits of the last character are unused. */
function otherSpelling(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return `${signature.slice(0, -1)}${alphabet[alphabet.indexOf(signature.at(-1) ?? '') + 1]}`;
}

const changed = (name: string, change: (value: string) => string) => (url: string) =>
  withQuery(url, (query) => query.set(name, change(query.get(name) ?? '')));

/** Requests that show no link, to which a private image is missing, and events need a key. */
const NOT_A_LINK: Record<string, (url: string) => string> = {
  'no link': (url) => url.split('?')[0] ?? '',
  'other parameters': (url) => `${url.split('?')[0]}?x-signature=a`,
};

/** Changes to a link, and the code with which each is refused. They apply to the path of any kind of link. */
const REFUSED: Record<string, { of: (url: string) => string; code: ErrorCode }> = {
  'an expired one': { of: (url) => signedFor(url.split('?')[0] ?? '', -1), code: 'link_expired' },
  'an expired one of the earlier key': {
    of: (url) => signedFor(url.split('?')[0] ?? '', -3600, earlierKey),
    code: 'link_expired',
  },
  'one of a removed key': {
    of: (url) => signedFor(url.split('?')[0] ?? '', 60, { id: 'gone', secret: 'g'.repeat(32) }),
    code: 'link_invalid',
  },
  'one of another secret': {
    of: (url) => signedFor(url.split('?')[0] ?? '', 60, { ...signingKey, secret: 'o'.repeat(32) }),
    code: 'link_invalid',
  },
  'one of the other key': { of: changed('keyId', () => earlierKey.id), code: 'link_invalid' },
  'one of no key': { of: changed('keyId', () => ''), code: 'link_invalid' },
  'one of a key with more behind it': { of: changed('keyId', (id) => `${id},`), code: 'link_invalid' },
  'a later expiry': { of: changed('expires', (end) => String(Number(end) + 1)), code: 'link_invalid' },
  'another spelling of the expiry': { of: changed('expires', (end) => `0${end}`), code: 'link_invalid' },
  'the expiry as a fraction': { of: changed('expires', (end) => `${end}.0`), code: 'link_invalid' },
  'an expiry that is not a number': { of: changed('expires', () => 'tomorrow'), code: 'link_invalid' },
  'an infinite expiry': { of: changed('expires', () => 'Infinity'), code: 'link_invalid' },
  'no expiry': { of: changed('expires', () => ''), code: 'link_invalid' },
  'another signature': { of: changed('signature', (text) => flip(text, 0)), code: 'link_invalid' },
  'another end of the signature': { of: changed('signature', (text) => flip(text, 41)), code: 'link_invalid' },
  'another spelling of the signature': { of: changed('signature', otherSpelling), code: 'link_invalid' },
  'a signature with padding': { of: changed('signature', (text) => `${text}=`), code: 'link_invalid' },
  'a signature that is cut': { of: changed('signature', (text) => text.slice(0, -1)), code: 'link_invalid' },
  'no signature': { of: changed('signature', () => ''), code: 'link_invalid' },
  'a signature of 4,000 characters': { of: changed('signature', () => 'A'.repeat(4000)), code: 'link_invalid' },
  'a signature that is not text': { of: (url) => `${url.slice(0, -4)}%00%ff`, code: 'link_invalid' },
};
for (const name of LINK_PARAMETERS) {
  REFUSED[`a link without ${name}`] = { of: (url) => withQuery(url, (q) => q.delete(name)), code: 'link_invalid' };
  REFUSED[`${name} twice`] = {
    of: (url) => withQuery(url, (q) => q.append(name, q.get(name) ?? '')),
    code: 'link_invalid',
  };
  REFUSED[`another ${name} behind it`] = { of: (url) => `${url}&${name}=1`, code: 'link_invalid' };
  REFUSED[`another ${name} before it`] = { of: (url) => url.replace('?', `?${name}=1&`), code: 'link_invalid' };
}

/** Other spellings of a path, with the query of its link. */
const SPELLINGS: Record<string, (path: string) => string> = {
  'a character in percent-encoding': (path) => path.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`),
  'a slash in percent-encoding': (path) => path.replace(/\/(?=[^/]*$)/, '%2f'),
  'a dot between': (path) => path.replace(/\/(?=[^/]*$)/, '/./'),
  'two dots between': (path) => path.replace(/\/(?=[^/]*$)/, '/x/../'),
  'dots in percent-encoding': (path) => path.replace(/\/(?=[^/]*$)/, '/x/%2e%2e/'),
  'two slashes': (path) => path.replace(/\/(?=[^/]*$)/, '//'),
  'a slash at the end': (path) => `${path}/`,
  'a backslash': (path) => path.replace(/\/(?=[^/]*$)/, '\\'),
  'capital letters': (path) => path.toUpperCase().replace('/V1/IMAGES', '/v1/images'),
};

describe('A signed link', () => {
  let downloads: Downloads;
  let own: Subject;
  let other: Subject;
  const given = new Set<string>();
  const note = (url: string): string => {
    given.add(String(new URL(url, 'http://a').searchParams.get('signature')));
    return url;
  };
  const digest = createHash('sha256').update(KEY).digest('hex');

  const subject = async (visibility = 'private'): Promise<Subject> => {
    const { services } = downloads;
    const path = `/v1/images?visibility=${visibility}&rendition=thumb`;
    const answer = await send(services.upload, { method: 'POST', path, headers: AUTHORIZATION, body: jpeg });
    const { imageId } = JSON.parse(answer.body.toString());
    await downloads.make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
    const view: ImageView = JSON.parse((await downloads.get(`/v1/images/${imageId}`, AUTHORIZATION)).body.toString());
    const [thumb] = view.renditions ?? [];
    const file = String(thumb && 'file' in thumb.links && thumb.links.file);
    return {
      view,
      paths: { original: view.links.original, events: view.links.events, rendition: String(thumb?.links.self), file },
    };
  };
  const asked = (kind: Kind, { paths }: Subject): Partial<LinkRequest> => ({
    target: kind,
    ...((kind === 'rendition' || kind === 'file') && { name: String(paths[kind].split('/').at(-1)) }),
  });
  const linkOf = async (kind: Kind, of = own, more: Partial<LinkRequest> = {}) => {
    const link = await linkTo(downloads.services, of.view.imageId, { ...asked(kind, of), ...more }, AUTHORIZATION);
    note(link.url);
    return link;
  };
  /** A link as the service signs it. */
  const signed = (path: string): string => note(signedFor(path, 60));
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answered> =>
    downloads.get(path, headers, method);
  const expectOpened = ({ status, body, headers }: Answered, kind: Kind) => {
    expect(status, body.toString('latin1')).to.equal(200);
    if (kind === 'events') expect(body.toString()).to.match(/event: image\n.*event: settled\n/s);
    else expect(body.equals(kind === 'original' ? jpeg : webp)).to.equal(true);
    expect(headers['access-control-allow-origin']).to.equal('*');
  };

  before(async () => {
    downloads = downloadsOf(await startServices({ apiKeys: digest }));
    own = await subject();
    other = await subject();
  });
  after(() => downloads.services.stop());

  for (const kind of KINDS) {
    describe(`to ${kind === 'original' || kind === 'events' ? 'the' : 'a'} ${kind}`, () => {
      it('opens it without a key until it expires', async () => {
        const { url, expiresAt } = await linkOf(kind, own, { expiresInSeconds: 600 });
        expect(url.split('?')[0]).to.equal(own.paths[kind]);
        expect(Date.parse(expiresAt) - Date.now()).to.be.within(590_000, 600_000);
        expectOpened(await get(url), kind);
        expectOpened(await get(url, { authorization: 'Bearer wrong' }), kind);
        expectOpened(await get(url, AUTHORIZATION), kind);
      });

      it('answers HEAD like GET, and no method that changes anything', async () => {
        const { url } = await linkOf(kind);
        const [head, whole] = [await get(url, {}, 'HEAD'), await get(url)];
        expect(head.status).to.equal(200);
        expect(head.headers['content-type']).to.equal(whole.headers['content-type']);
        expect(head.body).to.have.length(0);
        for (const method of ['POST', 'PUT', 'DELETE'])
          expect((await get(url, {}, method)).status).to.be.within(401, 405);
      });

      it('is also valid if an earlier key has signed it', async () => {
        expectOpened(await get(signedFor(own.paths[kind], 60, earlierKey)), kind);
      });

      for (const [what, { of, code }] of Object.entries(REFUSED)) {
        it(`is refused as ${code}: ${what}`, async () => {
          const url = of(signed(own.paths[kind]));
          const answer = await get(url);
          expectProblem(answer, code);
          const head = await get(url, {}, 'HEAD');
          expect(head.status).to.equal(answer.status);
          // A link is verified even if the request has a key.
          expectProblem(await get(url, AUTHORIZATION), code);
          expect(answer.headers['access-control-allow-origin']).to.equal('*');
        });
      }

      for (const [what, of] of Object.entries(NOT_A_LINK)) {
        it(`is needed: ${what} is not enough`, async () => {
          const answer = await get(of(signed(own.paths[kind])));
          expectProblem(answer, kind === 'events' ? 'unauthenticated' : 'image_not_found');
        });
      }

      it('opens no other path', async () => {
        const query = signed(own.paths[kind]).split('?')[1];
        const others = [
          ...KINDS.filter((each) => each !== kind).map((each) => own.paths[each]),
          ...KINDS.map((each) => other.paths[each]),
          `${own.view.links.self}/renditions/small`,
          `${own.view.links.self}/renditions/thumb.avif`,
        ];
        for (const path of others) expectProblem(await get(`${path}?${query}`), 'link_invalid');
        for (const path of [own.view.links.self, '/v1/images'])
          expectProblem(await get(`${path}?${query}`), 'unauthenticated');
      });

      for (const [what, spell] of Object.entries(SPELLINGS)) {
        it(`does not open another spelling: ${what}`, async () => {
          const path = own.paths[kind];
          const answer = await get(`${spell(path)}?${signed(path).split('?')[1]}`);
          expect(answer.status).to.be.within(400, 404);
          expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
        });
      }

      it('is never valid after a random change', async () => {
        const url = signed(own.paths[kind]);
        const start = '/v1/images/'.length;
        const meaning = (text: string): string => {
          const [path = '', ...rest] = text.split('?');
          const query = new URLSearchParams(rest.join('?'));
          return JSON.stringify([path, ...LINK_PARAMETERS.map((name) => query.getAll(name))]);
        };
        const edit = fc.record({
          at: fc.integer({ min: start, max: url.length }),
          remove: fc.integer({ min: 0, max: 3 }),
          insert: fc.string({ unit: fc.constantFrom(...'aAbZ09-_=&?%/.+#;,~'), maxLength: 3 }),
        });
        const alter = (text: string, edits: { at: number; remove: number; insert: string }[]) =>
          edits.reduce((all, { at, remove, insert }) => all.slice(0, at) + insert + all.slice(at + remove), text);
        await fc.assert(
          fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
            const altered = alter(url, edits);
            fc.pre(meaning(altered) !== meaning(url));
            const { status, body } = await sendBytes(
              downloads.services.download,
              `GET ${altered} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
            );
            expect(status, altered).to.be.within(400, 499);
            expect(body.includes(jpeg) || body.includes(webp) || body.includes('event: ')).to.equal(false);
          }),
          { numRuns: 60 },
        );
      });
    });
  }

  it('must be valid for a public image as well, which needs none', async () => {
    const open = await subject('public');
    for (const kind of ['original', 'rendition', 'file'] as const) {
      const { url } = await linkOf(kind, open);
      expectOpened(await get(url), kind);
      for (const { of, code } of Object.values(REFUSED)) expectProblem(await get(of(url)), code);
      expectOpened(await get(open.paths[kind]), kind);
    }
  });

  it('leaves no signature in the log', async () => {
    const { services } = downloads;
    await linkOf('original');
    expect(services.logs.filter(({ operation }) => operation === 'getOriginal')).to.not.have.length(0);
    const told = JSON.stringify(services.logs);
    for (const signature of given) expect(told).to.not.include(signature);
    expect(told).to.not.match(/signature=/);
  });
});
