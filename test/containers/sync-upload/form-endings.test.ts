import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { PROBLEM_MEDIA_TYPE } from '../../../shared/contracts/api/problem.ts';
import { expectProblem, openSocket, sendBytes } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const png = await photograph('png', 2, 2);
const HEAD = 'content-disposition: form-data; name="file"; filename="a"\r\ncontent-type: image/png\r\n\r\n';
const OPEN = Buffer.concat([Buffer.from(`--X\r\n${HEAD}`), png]);
const FIELD = '\r\n--X\r\ncontent-disposition: form-data; name="renditions"';

/** What stands behind the image where `\r\n--X--` belongs. */
const ENDINGS: Record<string, string> = {
  'a boundary and nothing': '\r\n--X',
  'a boundary and one dash': '\r\n--X-',
  'a boundary and a line': '\r\n--X\r\n',
  'a boundary and half a line': '\r\n--X\r',
  'a boundary and a header without an end': FIELD,
  'a boundary and headers without an end': `${FIELD}\r\n`,
  'a field without an end': `${FIELD}\r\n\r\n["thumb"]`,
  'a field and a boundary and nothing': `${FIELD}\r\n\r\n["thumb"]\r\n--X`,
  'a file of renditions without an end': `${FIELD}; filename="b"\r\n\r\n["thumb"]`,
  'a second file without an end': `\r\n--X\r\n${HEAD}GIF89a`,
  'a part without headers': '\r\n--X\r\n\r\n',
  'a part that is none of a form': '\r\n--X\r\nx-a: b\r\n\r\n1\r\n--X',
  'half a boundary': '\r\n--',
  nothing: '',
};

const requestOf = (body: Buffer, ...headers: string[]): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        'POST /v1/images HTTP/1.1',
        'host: 127.0.0.1',
        'connection: close',
        'content-type: multipart/form-data; boundary=X',
        `content-length: ${body.length}`,
        ...headers,
        '\r\n',
      ].join('\r\n'),
    ),
    body,
  ]);

describe('A form with a wrong end', () => {
  let services: Services;
  let keys = 0;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  afterEach('leaves nothing behind and costs its own request only', async () => {
    expect(await services.leftovers()).to.deep.equal([]);
    expect(services.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
    expect((await fetch(`${services.upload}/health`)).status).to.equal(200);
  });

  const key = () => {
    keys += 1;
    return `idempotency-key: ${keys}`;
  };

  for (const [name, ending] of Object.entries(ENDINGS)) {
    it(`is refused with ${name}`, async () => {
      const body = Buffer.concat([OPEN, Buffer.from(ending)]);
      for (const headers of [[], [key()]]) {
        const answer = await sendBytes(services.upload, requestOf(body, ...headers));
        expectProblem(answer, name === 'a second file without an end' ? 'invalid_request' : 'malformed_form');
      }
    });
  }

  it('is refused wherever it is cut off, with and without an Idempotency-Key', async () => {
    const whole = Buffer.concat([OPEN, Buffer.from(`${FIELD}\r\n\r\n["thumb"]\r\n--X-`)]);
    for (let length = 1; length <= whole.length; length += 1) {
      const headers = length % 2 === 0 ? [key()] : [];
      const answer = await sendBytes(services.upload, requestOf(whole.subarray(0, length), ...headers));
      expect(answer.headers['content-type'], `cut at ${length}`).to.equal(PROBLEM_MEDIA_TYPE);
      expect(answer.status, `cut at ${length}`).to.equal(400);
    }
  });

  it('is read to its end before its digest is compared, whatever stands behind its last boundary', async () => {
    const form = Buffer.concat([OPEN, Buffer.from('\r\n--X--\r\n')]);
    const pieces = [form, Buffer.from('behind'), Buffer.from('the end')];
    const request = requestOf(Buffer.concat(pieces), 'x-amz-checksum-crc32: AAAAAA==');
    const socket = await openSocket(services.upload);
    const answered = text(socket);
    let sent = 0;
    for (const end of [request.length - 13, request.length - 7, request.length]) {
      socket.write(request.subarray(sent, end));
      sent = end;
      // So that the pieces come as pieces; if they do not, less is tested.
      await sleep(50);
    }
    const answer = await answered;
    expect(answer)
      .to.match(/^HTTP\/1\.1 400 /)
      .and.include('digest_mismatch');
  });
});
