import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseSync, Visitor } from 'oxc-parser';
import { negotiateFormat } from '../../../containers/download/negotiate.ts';
import { ROUTES } from '../../../shared/contracts/api/routes.ts';
import { IMAGE_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import { VARIANT_FORMATS } from '../../../shared/domain/variant.ts';
import { signLink } from '../../../shared/http/signed-links.ts';

const CODE = readFileSync(new URL('../../../stacks/edge/accept.js', import.meta.url), 'utf8');

/** A header in an event of CloudFront, which lists all values if the header came several times. */
type Header = { value: string; multiValue?: { value: string }[] };

type EdgeRequest = { uri: string; method: string; headers: Record<string, Header>; querystring: object };

/** The deployed code, run in a context that has nothing but ECMAScript. */
const handler: (event: { request: EdgeRequest }) => EdgeRequest = runInNewContext(`${CODE}\nhandler`);

const NAMED = '/v1/images/0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11/renditions/card';

function uriFor(accept?: string | Header, uri = NAMED): string {
  const header = typeof accept === 'string' ? { value: accept } : accept;
  return handler({ request: { uri, method: 'GET', headers: header ? { accept: header } : {}, querystring: {} } }).uri;
}

const extensionFor = (accept?: string | Header): string => uriFor(accept).slice(NAMED.length);

const BROWSERS: [browser: string, accept: string, extension: string][] = [
  ['Chrome 131', 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', '.avif'],
  ['Chrome 70', 'image/webp,image/apng,image/*,*/*;q=0.8', '.webp'],
  ['Edge 120', 'image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', '.webp'],
  ['Firefox 132', 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', '.avif'],
  ['Firefox 92', 'image/webp,*/*', '.webp'],
  ['Firefox 60', '*/*', ''],
  [
    'Safari 18',
    'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5',
    '.avif',
  ],
  ['Safari 14', 'image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5', '.webp'],
  ['Safari 13', 'image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5', ''],
  [
    'Chrome 131 by a link',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    '.avif',
  ],
  ['Internet Explorer 11', 'image/png, image/svg+xml, image/*;q=0.8, */*;q=0.5', ''],
  ['curl', '*/*', ''],
];

describe('the edge function for Accept', () => {
  for (const [browser, accept, extension] of BROWSERS) {
    it(`gives ${browser} ${extension || 'what the worker chose'}`, () => {
      expect(extensionFor(accept)).to.equal(extension);
    });
  }

  const HEADERS: [meaning: string, accept: string | Header | undefined, extension: string][] = [
    ['is missing', undefined, ''],
    ['is empty', '', ''],
    ['refuses AVIF', 'image/avif;q=0,image/webp', '.webp'],
    ['refuses both', 'image/avif;q=0, image/webp;q=0.000, */*', ''],
    ['prefers WebP', 'image/avif;q=0.5,image/webp;q=0.9', '.webp'],
    ['accepts both equally, WebP first', 'image/webp,image/avif', '.avif'],
    ['prefers everything else', 'image/avif;q=0.5,*/*', ''],
    ['prefers JPEG', 'image/webp;q=0.5,image/jpeg', ''],
    ['has capitals and spaces', ' IMAGE/AVIF ; Q=0.9 , */* ; q=0.1', '.avif'],
    ['has other parameters', 'image/avif;v=1;q=0.8,*/*;q=0.8', '.avif'],
    ['has an invalid weight', 'image/avif;q=high,image/webp', '.webp'],
    ['has weights out of range', 'image/avif;q=-3,image/webp;q=7', '.webp'],
    ['came twice', { value: 'text/html', multiValue: [{ value: 'text/html' }, { value: 'image/avif' }] }, '.avif'],
    ['names AVIF twice', 'image/avif;q=0,image/avif', ''],
    ['has names of object properties', 'constructor,__proto__,toString;q=1,image/webp', '.webp'],
  ];
  for (const [meaning, accept, extension] of HEADERS) {
    it(`appends ${extension || 'nothing'} if the header ${meaning}`, () => {
      expect(extensionFor(accept)).to.equal(extension);
    });
  }

  const LEFT_ALONE = [
    '/v1/images/1/renditions/card.jpg',
    '/v1/images/1/renditions/card.avif',
    '/v1/images/1/renditions/',
    '/v1/images/1/renditions',
    '/v1/images/1/renditions/card/more',
    '/v1/images/1/original',
    '/v1/images/1/files/0123.webp',
    '/v1/images/1',
    '/docs',
    '/x/v1/images/1/renditions/card',
  ];
  for (const uri of LEFT_ALONE) {
    it(`leaves ${uri} unchanged`, () => expect(uriFor('image/avif,image/webp', uri)).to.equal(uri));
  }

  it('leaves the path of a signed link unchanged, because the signature is for that path', () => {
    const query = new URL(signLink(NAMED, new Date(), { id: 'a', secret: 's' }), 'http://a').searchParams;
    const querystring = Object.fromEntries([...query].map(([name, value]) => [name, { value }]));
    const request = { uri: NAMED, method: 'GET', headers: { accept: { value: 'image/avif' } }, querystring };
    expect(handler({ request: structuredClone(request) })).to.deep.equal(request);
  });

  it('recognises the path of renditions in the route table', () => {
    const uri = ROUTES.getRendition.path.replace('{imageId}', '1').replace('{rendition}', 'card');
    expect(uriFor('image/avif', uri)).to.equal(`${uri}.avif`);
  });

  it('leaves everything but the path unchanged', () => {
    const request = {
      uri: NAMED,
      method: 'HEAD',
      headers: { accept: { value: 'image/avif' } },
      querystring: { download: { value: 'a' } },
    };
    expect(handler({ request: structuredClone(request) })).to.deep.equal({ ...request, uri: `${NAMED}.avif` });
  });

  it('knows the variant formats of the service, the smallest first', () => {
    const known = [...CODE.matchAll(/mediaType: '([^']+)', extension: '([^']+)'/g)].map(([, ...format]) => format);
    expect(known).to.deep.equal(
      VARIANT_FORMATS.map((format) => [IMAGE_FORMATS[format].mediaType, IMAGE_FORMATS[format].extension]),
    );
  });

  it('chooses like the service for any header', () => {
    const ranges = ['image/avif', 'image/webp', 'image/jpeg', 'image/png', 'image/*', '*/*', 'text/html'];
    const range = fc.tuple(fc.constantFrom(...ranges), fc.constantFrom('', ';q=0', ';q=0.3', ';q=0.8', ';q=1'));
    fc.assert(
      fc.property(
        fc.array(
          range.map((parts) => parts.join('')),
          { maxLength: 8 },
        ),
        (header) => {
          const accept = header.join(',');
          const chosen = extensionFor(accept).slice(1);
          const byService = ['image/jpeg', 'image/png'].map((contentType) => negotiateFormat(accept, { contentType }));
          // The function does not know the rendition's type, so it appends only what is right for both types.
          if (chosen) expect(byService).to.deep.equal([chosen, chosen]);
          else expect(byService).to.include(undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the code of the edge function', () => {
  it('is smaller than the 10 KB that CloudFront allows', () => {
    expect(Buffer.byteLength(CODE)).to.be.below(10_000);
  });

  it('uses only the syntax of cloudfront-js-2.0', () => {
    const { program, errors } = parseSync('accept.js', CODE);
    expect(errors).to.deep.equal([]);
    const foreign: string[] = [];
    const refuse = (node: { type: string }) => foreign.push(node.type);
    new Visitor({
      ImportDeclaration: refuse,
      ExportNamedDeclaration: refuse,
      ClassDeclaration: refuse,
      SpreadElement: refuse,
      ObjectPattern: refuse,
      ArrayPattern: refuse,
      AssignmentPattern: refuse,
      ForOfStatement: refuse,
      ChainExpression: refuse,
      YieldExpression: refuse,
      LogicalExpression: (node) => node.operator === '??' && refuse(node),
    }).visit(program);
    expect(foreign).to.deep.equal([]);
  });
});
