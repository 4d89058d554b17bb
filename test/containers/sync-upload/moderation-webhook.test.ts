import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { tellModerator } from '../../../containers/sync-upload/moderation-webhook.ts';
import { signingKey } from '../../support/http/links.ts';
import { type Moderator, noted, says, startModerator } from '../../support/http/moderator.ts';
import { startWebServer } from '../../support/http/web-server.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { WEBHOOK_SECRETS } from '../../support/services/services.ts';
import { imageRecord } from '../../support/storage/image-records.ts';

const record = imageRecord({ owner: 'a company', moderation: 'pending' });

describe('the webhook of moderation', () => {
  let moderator: Moderator;
  before(async () => {
    moderator = await startModerator();
  });
  after(() => moderator.stop());
  beforeEach(() => {
    moderator.notices.length = 0;
    moderator.answer = noted;
  });

  const tell = ({ secrets = WEBHOOK_SECRETS, url = moderator.url, timeoutMs = 20_000 } = {}) =>
    tellModerator({ url, secrets, linkKey: signingKey }, record, timeoutMs);

  it('is told what the image is, and where its bytes are', async () => {
    expect(await tell()).to.equal(undefined);
    const [notice = expect.fail('no notice')] = moderator.notices;
    expect(notice.method).to.equal('POST');
    expect(notice.headers).to.include({ 'content-type': 'application/json' });
    const { type, data } = JSON.parse(notice.body);
    expect(type).to.equal('image.pending');
    const { imageId, owner, createdAt, contentType, contentLength, checksumSha256 } = record;
    expect(data).to.deep.include({ imageId, owner, createdAt, contentType, contentLength, checksumSha256 });
    expect(data).to.have.all.keys(
      ...['imageId', 'owner', 'createdAt', 'contentType', 'contentLength', 'checksumSha256', 'link', 'expiresAt'],
    );
    expect(data.link).to.match(new RegExp(`^/v1/images/${imageId}/original\\?expires=`));
    expect(Date.parse(data.expiresAt) - Date.now()).to.be.within(59 * 60_000, 60 * 60_000);
  });

  it('can verify it with the library of Standard Webhooks, by either secret', async () => {
    await tell();
    const [{ headers, body } = expect.fail('no notice')] = moderator.notices;
    const sent = headers as Record<string, string>;
    for (const secret of WEBHOOK_SECRETS)
      expect(new Webhook(secret).verify(body, sent)).to.deep.equal(JSON.parse(body));
    const other = `whsec_${Buffer.from('o'.repeat(32)).toString('base64')}`;
    expect(() => new Webhook(other).verify(body, sent)).to.throw('No matching signature');
    const [secret = ''] = WEBHOOK_SECRETS;
    expect(() => new Webhook(secret).verify(`${body} `, sent)).to.throw('No matching signature');
    expect(() => new Webhook(secret).verify(body, { ...sent, 'webhook-id': 'x' })).to.throw('No matching signature');
  });

  it('can tell a notice that is repeated by its id, and others apart', async () => {
    await tell();
    await tell();
    const [first, second] = moderator.notices.map(({ headers }) => headers['webhook-id']);
    expect(first).to.equal(second);
    expect(first).to.match(/^[\w-]+$/);
  });

  for (const decision of ['approved', 'rejected'] as const) {
    it(`can decide at once: ${decision}`, async () => {
      moderator.answer = says({ decision, reason: 'a reason', score: 0.9 });
      expect(await tell()).to.deep.equal({ decision, reason: 'a reason' });
      moderator.answer = says({ decision });
      expect(await tell()).to.deep.equal({ decision });
    });
  }

  for (const [what, answer] of Object.entries({
    'nothing, with 202': says('', 202),
    'a word': says('ok'),
    'a page': says('<!doctype html><title>Thanks</title>'),
    'JSON of something else': says({ received: true }),
    null: says(null),
    'a list': says(['approved']),
  })) {
    it(`decides nothing by ${what}`, async () => {
      moderator.answer = answer;
      expect(await tell()).to.equal(undefined);
    });
  }

  for (const [what, answer, message] of [
    ['500', says('no', 500), /answered 500/],
    ['404', says('', 404), /answered 404/],
    ['a decision with an error', says({ decision: 'approved' }, 400), /answered 400/],
    ['another decision', says({ decision: 'maybe' }), /another form.*decision/],
    ['a decision that is no text', says({ decision: true }), /another form/],
    ['no decision, by its name', says({ decision: null }), /another form/],
    ['a reason that is too long', says({ decision: 'rejected', reason: 'x'.repeat(201) }), /another form.*reason/],
    ['a reason of two lines', says({ decision: 'rejected', reason: 'a\nb' }), /another form.*reason/],
    ['100 KB', says('x'.repeat(100_000)), /more than 16384 bytes/],
    [
      'a body without end',
      (_notice, response) => {
        response.writeHead(200);
        const write = () => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
        };
        response.on('drain', write);
        write();
      },
      /more than 16384 bytes/,
    ],
    [
      'a body that breaks off',
      (_notice, response) => void response.writeHead(200).write('{', () => response.destroy()),
      /terminated/,
    ],
    ['a connection that breaks off', (_notice, response) => void response.destroy(), /fetch failed/],
  ] as [string, Moderator['answer'], RegExp][]) {
    it(`was not told if it answers ${what}`, async () => {
      moderator.answer = answer;
      expect(String(await rejectionOf(tell()))).to.match(message);
    });
  }

  it('is not followed elsewhere', async () => {
    const asked: (string | undefined)[] = [];
    const elsewhere = await startWebServer((request, response) => {
      asked.push(request.url);
      response.end('{"decision":"approved"}');
    });
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        moderator.answer = (_notice, response) => response.writeHead(status, { location: elsewhere.url }).end();
        expect(String(await rejectionOf(tell()))).to.include(`answered ${status}`);
      }
      expect(asked).to.deep.equal([]);
    } finally {
      await elsewhere.stop();
    }
  });

  it('was not told if it is silent, before its answer or within', async () => {
    moderator.answer = () => undefined;
    expect(String(await rejectionOf(tell({ timeoutMs: 200 })))).to.match(/TimeoutError/);
    moderator.answer = (_notice, response) => response.writeHead(200).write('{"decision":');
    expect(String(await rejectionOf(tell({ timeoutMs: 200 })))).to.match(/TimeoutError/);
  });

  it('was not told if nobody is there', async () => {
    const gone = await startWebServer(() => undefined);
    await gone.stop();
    expect(String(await rejectionOf(tell({ url: gone.url })))).to.match(/fetch failed/);
  });
});
