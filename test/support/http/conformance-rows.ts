import { photograph } from '../images/photographs.ts';

/** The requested image. */
export const jpeg = await photograph('jpeg', 60, 40);
const UNKNOWN = '/v1/images/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';
const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT';
const PAST = 'Sat, 01 Jan 2000 00:00:00 GMT';
const PROBLEM = { 'content-type': 'application/problem+json' };

export interface Row {
  section: string;
  service: 'download' | 'upload' | 'asyncUpload';
  /** Method and target; SELF stands for the path of an image's record. */
  line: string;
  headers?: string[];
  status: number;
  has?: Record<string, string | RegExp>;
  lacks?: string[];
}

const read = (section: string, target: string, row: Partial<Row>): Row => ({
  section,
  service: 'download',
  line: target.includes(' ') ? target : `GET ${target}`,
  status: 200,
  ...row,
});

/** Requirements of RFC 9110 for requests of bytes by section, or of RFC 9112 where it says so. */
export const ROWS: Row[] = [
  read('9.3.2', 'HEAD /v1/limits', {
    headers: ['Accept-Encoding: gzip'],
    has: { 'content-encoding': 'gzip' },
    lacks: ['content-length'],
  }),
  read('9.3.2', 'HEAD /v1/limits', { has: { 'content-length': /^\d+$/ }, lacks: ['content-encoding'] }),
  read('9.3.2', 'HEAD SELF/original', {
    headers: ['Accept-Encoding: gzip'],
    has: { 'content-length': String(jpeg.length) },
  }),
  read('9.3.7', 'OPTIONS *', { status: 204, has: { allow: /\bOPTIONS\b/ } }),
  read('9112 3.2.4', 'OPTIONS http://localhost', { status: 204, has: { allow: /\bOPTIONS\b/ } }),
  read('9.3.7', 'OPTIONS /v1/images', { status: 204, has: { allow: /^(?=.*GET)(?=.*HEAD)(?=.*POST)(?=.*OPTIONS)/ } }),
  read('9.1', 'ODD /v1/images', { status: 501, has: PROBLEM }),
  read('15.5.6', 'PATCH /v1/images', { status: 405, has: { ...PROBLEM, allow: /^(?=.*HEAD)(?=.*OPTIONS)/ } }),
  read('15.5.6', 'TRACE /docs', { status: 405, has: { ...PROBLEM, allow: 'GET, HEAD, OPTIONS' } }),
  read('15.5.5', '/nothing', { status: 404, has: PROBLEM }),
  read('15.5.18', '/v1/limits', { headers: ['Expect: odd'], status: 417, has: PROBLEM }),
  read('9112 3.2.2', 'http://localhost/v1/limits', {}),
  read('9112 3.2', '/v1/limits', { headers: ['Host: other'], status: 400, has: PROBLEM }),
  read('9112 6.1', 'POST /v1/images', {
    service: 'upload',
    headers: ['Transfer-Encoding: gzip, chunked'],
    status: 501,
    has: { ...PROBLEM, connection: 'close' },
  }),
  read('13.1.3', 'SELF/original', {
    headers: [`If-Modified-Since: ${FUTURE}`],
    has: { 'content-length': String(jpeg.length) },
  }),
  read('13.1.3', 'SELF/original', { headers: ['If-Modified-Since: 2026-01-01'] }),
  read('13.1.1', 'SELF/original', { headers: ['If-Match: W/"x", "y"'], status: 412, has: PROBLEM }),
  read('13.1.1', '/v1/images', { headers: ['If-Match: "x"'], status: 412, has: PROBLEM }),
  ...['SELF', '/v1/images', '/v1/limits', '/openapi.json', '/docs'].flatMap((path) => [
    read('8.8.3', path, { has: { etag: /^"[^"]+"$/ } }),
    read('13.1.2', path, {
      headers: ['If-None-Match: *'],
      status: 304,
      has: { etag: /^"[^"]+"$/ },
      lacks: ['content-length'],
    }),
  ]),
  ...['If-Match: "x"', `If-Unmodified-Since: ${PAST}`, 'If-None-Match: *'].map((condition) =>
    read('13.2.2', 'DELETE SELF', { service: 'upload', headers: [condition], status: 412, has: PROBLEM }),
  ),
  read('13.2.1', `DELETE ${UNKNOWN}`, { service: 'upload', headers: ['If-Match: "x"'], status: 404, has: PROBLEM }),
  read('13.1.1', 'POST /v1/images', {
    service: 'upload',
    headers: ['If-Match: "x"', 'Content-Length: 1'],
    status: 412,
  }),
  read('15.5.16', 'POST SELF/renditions', {
    service: 'upload',
    headers: ['Content-Type: application/json', 'Content-Encoding: br', 'Content-Length: 2'],
    status: 415,
    has: { ...PROBLEM, 'accept-encoding': /gzip/ },
  }),
  read('8.3.2', 'POST SELF/renditions', {
    service: 'upload',
    headers: ['Content-Type: application/json;charset=latin1', 'Content-Length: 2'],
    status: 415,
    has: { ...PROBLEM, accept: 'application/json' },
  }),
  read('15.5.14', 'POST SELF/renditions', {
    service: 'upload',
    headers: ['Content-Type: application/json', 'Content-Length: 999999999', 'Expect: 100-continue'],
    status: 413,
    has: PROBLEM,
  }),
  // The condition is compared with the uncompressed variant, which this client would get.
  read('13.1.2', '/openapi.json', { headers: ['Accept-Encoding: gzip;q=0', 'If-None-Match: CODED'], status: 200 }),
  read('13.1.1', '/openapi.json', { headers: ['If-Match: CODED'], status: 412, has: PROBLEM }),
  read('13.1.2', '/openapi.json', { headers: ['Accept-Encoding: gzip', 'If-None-Match: CODED'], status: 304 }),
  ...['x-100-continue', '100-continue, odd'].map((expect) =>
    read('10.1.1', '/v1/limits', { headers: [`Expect: ${expect}`], status: 417, has: PROBLEM }),
  ),
  read('6.6.1', 'ODD /v1/images', { status: 501, has: { date: / GMT$/ } }),
];
