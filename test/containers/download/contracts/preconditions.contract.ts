import { expect } from 'chai';
import { eventually } from '../../../support/eventually.ts';
import { type Answered, expectProblem } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { type Downloads, expectSameHead, type Headers } from '../../../support/services/downloads.ts';

const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

/** The validators of the version that a client has. */
interface Known {
  eTag: string;
  /** Returns a date so many seconds after that of the version. */
  at(seconds: number): string;
}

type Row = [condition: string, headers: (known: Known) => Headers, status: number];

const OTHER = '"0123"';
const noneMatch = (value: string) => ({ 'if-none-match': value });
const match = (value: string) => ({ 'if-match': value });

const ROWS: Row[] = [
  ['If-None-Match of the ETag', ({ eTag }) => noneMatch(eTag), 304],
  ['If-None-Match of the weak ETag', ({ eTag }) => noneMatch(`W/${eTag}`), 304],
  ['If-None-Match of a list that has the ETag', ({ eTag }) => noneMatch(`${OTHER}, ${eTag}, "4567"`), 304],
  ['If-None-Match of a list without white space', ({ eTag }) => noneMatch(`${OTHER},W/${eTag}`), 304],
  ['If-None-Match in two lines', ({ eTag }) => ({ 'if-none-match': [OTHER, eTag] }), 304],
  ['If-None-Match of *', () => noneMatch('*'), 304],
  ['If-None-Match of another ETag', () => noneMatch(OTHER), 200],
  ['If-None-Match of the ETag without quotes', ({ eTag }) => noneMatch(eTag.slice(1, -1)), 200],
  ['If-None-Match of a list of others', () => noneMatch(`${OTHER}, W/"4567"`), 200],
  ['If-None-Match of garbage', () => noneMatch('",,\\"'), 200],
  [
    'If-None-Match of another ETag, which overrides If-Modified-Since',
    ({ at }) => ({ ...noneMatch(OTHER), 'if-modified-since': at(60) }),
    200,
  ],
  [
    'If-None-Match of the ETag, which overrides If-Modified-Since',
    ({ eTag, at }) => ({ ...noneMatch(eTag), 'if-modified-since': at(-60) }),
    304,
  ],
  [
    'If-None-Match of a list with the no-cache of a reload, which concerns caches',
    ({ eTag }) => ({ ...noneMatch(`${OTHER}, W/${eTag}`), 'cache-control': 'no-cache' }),
    304,
  ],
  ['If-Modified-Since of its date', ({ at }) => ({ 'if-modified-since': at(0) }), 304],
  ['If-Modified-Since of a later date', ({ at }) => ({ 'if-modified-since': at(1) }), 304],
  ['If-Modified-Since in the future', ({ at }) => ({ 'if-modified-since': at(600) }), 200],
  ['If-Modified-Since of the year 2100', () => ({ 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }), 200],
  ['If-Modified-Since without a time zone', ({ at }) => ({ 'if-modified-since': at(1).replace(' GMT', '') }), 200],
  ['If-Modified-Since in ISO 8601', ({ at }) => ({ 'if-modified-since': new Date(at(1)).toISOString() }), 200],
  ['If-Modified-Since of an earlier date', ({ at }) => ({ 'if-modified-since': at(-1) }), 200],
  ['If-Modified-Since of garbage', () => ({ 'if-modified-since': 'yesterday' }), 200],
  ['If-Match of the ETag', ({ eTag }) => match(eTag), 200],
  ['If-Match of a list that has the ETag', ({ eTag }) => match(`${OTHER} , ${eTag}`), 200],
  ['If-Match of *', () => match('*'), 200],
  ['If-Match of the weak ETag', ({ eTag }) => match(`W/${eTag}`), 412],
  ['If-Match of another ETag', () => match(OTHER), 412],
  ['If-Match of garbage', () => match('a, "'), 412],
  [
    'If-Match of the ETag, which overrides If-Unmodified-Since',
    ({ eTag, at }) => ({ ...match(eTag), 'if-unmodified-since': at(-60) }),
    200,
  ],
  ['If-Match and If-None-Match of the ETag', ({ eTag }) => ({ ...match(eTag), ...noneMatch(eTag) }), 304],
  ['If-Match of another ETag and If-None-Match of *', () => ({ ...match(OTHER), ...noneMatch('*') }), 412],
  ['If-Unmodified-Since of its date', ({ at }) => ({ 'if-unmodified-since': at(0) }), 200],
  ['If-Unmodified-Since of a later date', ({ at }) => ({ 'if-unmodified-since': at(60) }), 200],
  ['If-Unmodified-Since of an earlier date', ({ at }) => ({ 'if-unmodified-since': at(-1) }), 412],
  ['If-Unmodified-Since of garbage', () => ({ 'if-unmodified-since': 'tomorrow' }), 200],
];

export const knownOf = ({ headers }: Answered): Known => ({
  eTag: String(headers.etag),
  at: (seconds) => new Date(Date.parse(String(headers['last-modified'])) + seconds * 1000).toUTCString(),
});

/** RFC 9110, section 13. */
export function describePreconditions(open: () => Downloads): void {
  describe('with preconditions', () => {
    const paths: Record<string, string> = {};
    before(async () => {
      const { imageId, links } = await open().upload(jpeg, ['thumb']);
      await open().make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
      paths['an original'] = links.original;
      paths['a rendition'] = `${links.self}/renditions/thumb`;
      paths['a file'] = links.file;
      // Otherwise a date one second later would be in the future.
      const isPast = async (path: string) =>
        Date.parse(String((await open().get(path)).headers['last-modified'])) + 1000 <= Date.now();
      for (const path of Object.values(paths)) await eventually('its second is over', () => isPast(path));
    });

    for (const what of ['an original', 'a rendition', 'a file']) {
      for (const [condition, headersFor, status] of ROWS) {
        it(`${what} is answered with ${status} to ${condition}`, async () => {
          const path = String(paths[what]);
          const whole = await open().get(path);
          const headers = headersFor(knownOf(whole));
          const answer = await open().get(path, headers);
          expect(answer.status).to.equal(status);
          if (status === 412) expectProblem(answer, 'precondition_failed');
          if (status === 200) expect(answer.body.equals(whole.body)).to.equal(true);
          if (status === 304) expectUnchanged(answer, whole);
          const head = await open().get(path, headers, 'HEAD');
          expectSameHead(head, answer);
          if (status === 304) expect(head.headers['content-length']).to.equal(String(whole.body.length));
        });
      }
    }
  });
}

/** Expects the headers that a cache needs to keep its copy (RFC 9110, 15.4.5), and no bytes. */
function expectUnchanged(answer: Answered, whole: Answered): void {
  expect(answer.body).to.have.length(0);
  const names = ['etag', 'last-modified', 'cache-control', 'vary', 'access-control-allow-origin'];
  for (const name of names) expect(answer.headers[name], name).to.equal(whole.headers[name]);
  expect(answer.headers).to.not.have.any.keys('content-range', 'content-encoding', 'content-length');
}
