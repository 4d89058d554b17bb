import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { idempotencyPartition, idempotencySortKey } from '../../../shared/contracts/table.ts';
import { eventually } from '../../support/eventually.ts';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../../support/http/form-body.ts';
import {
  type Answered,
  expectProblem,
  jsonOf,
  type Outgoing,
  openSocket,
  send,
} from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');
const other = await photograph('jpeg', 64, 64);
const path = '/v1/images?rendition=thumb&rendition=small';

describe('Idempotency-Key', () => {
  let services: Services;
  let key = 0;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    key += 1;
    await services.receiveAll();
  });

  const post = (outgoing: Partial<Outgoing> = {}, named = `key-${key}`): Promise<Answered> => {
    const headers = { ...outgoing.headers, 'idempotency-key': named };
    return send(services.upload, { method: 'POST', path, body: jpeg, ...outgoing, headers });
  };
  const asForm = (renditions: unknown, file = jpeg): Partial<Outgoing> => ({
    path: '/v1/images',
    headers: { 'content-type': FORM_TYPE },
    body: formBody([renditionsPart(renditions), filePart(file)]),
  });
  /** As if the service had been killed after it stored the image. */
  async function forgetAnswer(): Promise<void> {
    const { documents, tableName } = services.table;
    await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { pk: idempotencyPartition('local', `key-${key}`), sk: idempotencySortKey },
        UpdateExpression: 'SET claimedUntil = :past REMOVE isAnswered',
        ExpressionAttributeValues: { ':past': 0 },
      }),
    );
  }
  const imagesStored = async () =>
    (await services.leftovers()).filter((name) => name.startsWith('objects/originals/')).length;

  it('answers a repeated request the same, and stores and queues once', async () => {
    const before = await imagesStored();
    const first = await post();
    const second = await post();
    expect(first.status, first.body.toString()).to.equal(201);
    expect(second.status).to.equal(201);
    expect(second.headers.location).to.equal(first.headers.location);
    expect(jsonOf(second)).to.deep.equal(jsonOf(first));
    expect(await imagesStored()).to.equal(before + 1);
    expect(await services.receiveAll()).to.have.length(1);
  });

  it('answers the same image and renditions in a form the same', async () => {
    const first = await post();
    expect(jsonOf(await post(asForm(['thumb', 'small'])))).to.deep.equal(jsonOf(first));
  });

  it('counts another declared type and other chunks as the same request', async () => {
    const first = await post();
    const second = await post({
      headers: { 'content-type': 'image/jpeg' },
      body: [jpeg.subarray(0, 9), jpeg.subarray(9)],
    });
    expect(jsonOf(second)).to.deep.equal(jsonOf(first));
  });

  const others: Record<string, Partial<Outgoing>> = {
    'another image': { body: other },
    'another image in a form': asForm(['thumb', 'small'], other),
    'fewer renditions': { path: '/v1/images?rendition=thumb' },
    'no renditions': { path: '/v1/images' },
    'other commands under the same name': asForm(['thumb', { name: 'small', commands: [{ operation: 'flip' }] }]),
  };
  for (const [name, outgoing] of Object.entries(others)) {
    it(`refuses ${name} under a key that is taken`, async () => {
      const first = await post();
      const before = await services.leftovers();
      const problem = expectProblem(await post(outgoing), 'idempotency_key_reused');
      expect(problem.detail).to.match(/new key/);
      expect(await services.leftovers()).to.deep.equal(before);
      expect(jsonOf(await post())).to.deep.equal(jsonOf(first));
    });
  }

  it('stores one of ten requests at once, and tells the others when to come again', async () => {
    const before = await imagesStored();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post()));
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map((answer) => jsonOf(answer).imageId))).to.have.property('size', 1);
    for (const refused of answers.filter(({ status }) => status !== 201)) {
      const { retryAfterSeconds } = expectProblem(refused, 'idempotency_key_in_use');
      expect(refused.headers['retry-after']).to.equal(String(retryAfterSeconds));
    }
    expect(await imagesStored()).to.equal(before + 1);
    expect(await services.receiveAll()).to.have.length(1);
  });

  it('refuses a request while another with its key is still sending, and accepts it afterwards', async () => {
    const socket = await openSocket(services.upload);
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: key-${key}\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
    socket.write(head);
    socket.write(jpeg.subarray(0, 100));
    const held = () => services.leftovers().then((names) => names.some((name) => name.includes(`#key-${key} `)));
    await eventually('the key is claimed', held);
    expectProblem(await post(), 'idempotency_key_in_use');
    socket.destroy();
    const answer = await eventually('the key is free', async () => {
      const { status, ...rest } = await post();
      return status === 201 && { status, ...rest };
    });
    expect(jsonOf(answer)).to.include({ contentLength: jpeg.length });
  });

  it('answers with the stored image when the service was killed before it could answer the first request', async () => {
    const first = jsonOf(await post());
    await forgetAnswer();
    const again = await post();
    expect(again.status, again.body.toString()).to.equal(201);
    expect(jsonOf(again)).to.deep.equal(first);
  });

  const failures: Record<string, Partial<Outgoing>> = {
    'an empty body': { body: '' },
    text: { body: 'not an image' },
    'a wrong digest': { headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } },
    'an unknown preset': { path: '/v1/images?rendition=tiny' },
    'a form without a file': {
      headers: { 'content-type': FORM_TYPE },
      path: '/v1/images',
      body: formBody([renditionsPart(['thumb'])]),
    },
  };
  for (const [name, outgoing] of Object.entries(failures)) {
    it(`leaves the key free after ${name}`, async () => {
      expect((await post(outgoing)).status).to.be.within(400, 499);
      const answer = await post();
      expect(answer.status, answer.body.toString()).to.equal(201);
    });
  }

  for (const [name, malformed] of Object.entries({
    'of 256 characters': 'k'.repeat(256),
    'with a space': 'a b',
    empty: '',
    'beyond ASCII': 'sch\u00fcssel',
  })) {
    it(`refuses a malformed key: ${name}`, async () => {
      const before = await services.leftovers();
      const problem = expectProblem(await post({}, malformed), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['headers.idempotency-key']);
      expect(await services.leftovers()).to.deep.equal(before);
    });
  }

  it('takes a key of 255 characters, with # and / among them', async () => {
    const long = `#/${'k'.repeat(253)}`;
    const first = await post({}, long);
    expect(jsonOf(await post({}, long))).to.deep.equal(jsonOf(first));
  });

  it('answers with the image as it is now, including later renditions', async () => {
    const first = jsonOf(await post());
    await send(services.upload, {
      method: 'POST',
      path: `${first.links.self}/renditions`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ renditions: ['large'] }),
    });
    const again = jsonOf(await post());
    expect(again).to.deep.equal(jsonOf(await send(services.download, { path: first.links.self })));
    expect(again.renditions).to.have.length(3);
  });

  const remove = (imageId: string) => send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });

  it('answers image_deleted once the image was deleted, whatever is sent, and restores nothing', async () => {
    const { imageId } = jsonOf(await post());
    await remove(imageId);
    const before = await services.leftovers();
    for (const outgoing of [{}, { body: other }, asForm(['thumb'])]) {
      const { detail } = expectProblem(await post(outgoing), 'image_deleted');
      expect(detail).to.include(imageId).and.to.include('take a new Idempotency-Key');
    }
    expect(await services.leftovers()).to.deep.equal(before);
  });

  it('answers image_deleted too when the service was killed before it could note that it had made the image', async () => {
    const { imageId } = jsonOf(await post());
    await forgetAnswer();
    await remove(imageId);
    for (let time = 0; time < 2; time += 1)
      expect(expectProblem(await post(), 'image_deleted').detail).to.include('take a new Idempotency-Key');
  });

  it('publishes no key, neither in the record, nor in the list, nor in events', async () => {
    const secret = `secret-${key}`;
    const { imageId } = jsonOf(await post({}, secret));
    const answers = [
      await post({}, secret),
      await send(services.download, { path: `/v1/images/${imageId}` }),
      await send(services.download, { path: '/v1/images?limit=100' }),
    ];
    for (const { status, body } of answers) {
      expect(status).to.be.oneOf([200, 201]);
      expect(body.toString()).to.include(imageId).and.not.include(secret);
    }
  });
});
