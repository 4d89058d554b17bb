import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createImageId } from '../../shared/domain/image-id.ts';
import { deleteImageRecord } from '../../shared/storage/table/image-deletion.ts';
import { requeueRendition } from '../../shared/storage/table/rendition-states.ts';
import { renditionRequest } from '../support/storage/image-records.ts';
import { type QuarantineBench, startQuarantineBench } from '../support/storage/quarantine-bench.ts';
import { runQuarantine } from '../support/storage/quarantine-process.ts';

const UNREADABLE = { code: 'watermark_unreadable', detail: 'The watermark cannot be decoded.' } as const;

const namesOf = (renditions: { name: string }[]): string[] => renditions.map(({ name }) => name);

/** Passes requests on to DynamoDB, but for one operation: there the connection ends, as it does with the process that asks. */
async function cutOff(endpoint: string, operation: string): Promise<Server> {
  const proxy = createServer((incoming, answer) => {
    if (String(incoming.headers['x-amz-target']).endsWith(operation)) return void incoming.socket.destroy();
    const passedOn = request(endpoint, { method: incoming.method, headers: incoming.headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(passedOn);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

describe('npm run quarantine redrive', function () {
  this.timeout(60_000);
  let bench: QuarantineBench;

  beforeEach(async () => {
    bench = await startQuarantineBench();
  });
  afterEach(() => bench.stop());

  it('sends what failed of an image once, with what its dead letters ask for, and removes those', async () => {
    const imageId = await bench.store('failed', 'stuck');
    await bench.fail(imageId, 'failed');
    await bench.bury({ imageId, renditions: ['failed', 'stuck'].map(renditionRequest) });
    await bench.bury({ imageId, renditions: [renditionRequest('failed')] });
    const elsewhere = await bench.bury({ imageId: await bench.store('thumb') });
    const { status, printed } = await bench.json('redrive', imageId);
    expect(status).to.equal(0);
    expect(printed.redriven).to.have.lengthOf(1);
    expect(printed.redriven[0].renditions).to.deep.equal(['failed', 'stuck']);
    const messages = await bench.sent(1);
    expect(messages.map(({ renditions }) => namesOf(renditions))).to.deep.equal([['failed', 'stuck']]);
    const left = (await bench.json()).printed.deadLetters;
    expect(left.map(({ messageId }: { messageId: string }) => messageId)).to.deep.equal([elsewhere]);
  });

  it('with --all sends everything once, and leaves what is none of ours', async () => {
    const [one, other, stuck] = [await bench.store('a', 'b'), await bench.store('c'), await bench.store('thumb')];
    for (const name of ['a', 'b']) await bench.fail(one, name);
    await bench.fail(other, 'c', UNREADABLE);
    for (const _again of [1, 2]) await bench.bury({ imageId: one, renditions: [renditionRequest('a')] });
    await bench.bury({ imageId: stuck });
    const foreign = await bench.bury('who knows');
    const { status, stderr, printed } = await bench.json('redrive', '--all');
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    expect(printed.left).to.deep.equal([{ messageId: foreign, reason: 'It is not JSON.' }]);
    const messages = await bench.sent(4);
    const sent = messages.flatMap(({ imageId, renditions }) => namesOf(renditions).map((name) => `${imageId}/${name}`));
    expect(sent.sort()).to.deep.equal([`${one}/a`, `${one}/b`, `${other}/c`, `${stuck}/thumb`].sort());
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 1, held: 0 });
    const again = await bench.json('redrive', '--all');
    expect(again.status).to.equal(0);
    expect(again.printed.redriven).to.deep.equal([]);
  });

  it('with --code leaves alone what failed otherwise', async () => {
    const [one, other] = [await bench.store('thumb'), await bench.store('thumb')];
    await bench.fail(one, 'thumb');
    await bench.fail(other, 'thumb', UNREADABLE);
    for (const imageId of [one, other]) await bench.bury({ imageId });
    const { status, printed } = await bench.json('redrive', '--all', '--code', 'watermark_unreadable');
    expect(status).to.equal(0);
    expect(printed.redriven.map(({ imageId }: { imageId: string }) => imageId)).to.deep.equal([other]);
    expect(await bench.statusOf(one)).to.equal('failed');
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 1, held: 0 });
  });

  it('with --limit stops after so many of each, and gives the others back', async () => {
    const stuck = [await bench.store('thumb'), await bench.store('thumb')];
    for (const imageId of stuck) await bench.bury({ imageId });
    for (const imageId of [await bench.store('thumb'), await bench.store('thumb')]) await bench.fail(imageId, 'thumb');
    const { status, printed } = await bench.json('redrive', '--all', '--limit', '1');
    expect(status).to.equal(0);
    expect(printed.redriven).to.have.lengthOf(2);
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 1, held: 0 });
    expect((await bench.json()).printed.failedRenditions).to.have.lengthOf(1);
  });

  it('sends what failed as its record has it, and removes a dead letter that asks for another pipeline', async () => {
    const imageId = await bench.store('thumb');
    await bench.fail(imageId, 'thumb');
    await bench.bury({ imageId, renditions: [{ ...renditionRequest(), commands: [{ operation: 'grayscale' }] }] });
    await bench.run('redrive', '--all');
    const [message] = await bench.sent(1);
    expect(message?.renditions, 'as the record has it').to.deep.equal([renditionRequest()]);
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 0, held: 0 });
  });

  it('changes nothing where the queue refuses the message, and works when run again', async () => {
    const imageId = await bench.store('thumb');
    await bench.fail(imageId, 'thumb');
    await bench.bury({ imageId });
    const env = { ...bench.env, PROCESSING_QUEUE_URL: `${bench.env.PROCESSING_QUEUE_URL}-none` };
    const { status, stderr } = await runQuarantine({ env }, 'redrive', '--all');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^There is no such queue: .*\.\n$/);
    expect(await bench.statusOf(imageId)).to.equal('failed');
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 1, held: 0 });
    expect((await bench.run('redrive', '--all')).status).to.equal(0);
    expect(await bench.sent(1)).to.have.lengthOf(1);
  });

  it('works when run again after it ended between message and table', async () => {
    const imageId = await bench.store('thumb');
    await bench.fail(imageId, 'thumb');
    await bench.bury({ imageId });
    const proxy = await cutOff(bench.env.AWS_ENDPOINT_URL_DYNAMODB ?? '', 'UpdateItem');
    const { port } = proxy.address() as AddressInfo;
    const env = { ...bench.env, AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
    const { status, stderr } = await runQuarantine({ env }, 'redrive', '--all');
    proxy.close();
    expect({ status, stderr }).to.deep.equal({
      status: 1,
      stderr: 'DynamoDB does not answer. Try again (ECONNRESET).\n',
    });
    expect(await bench.statusOf(imageId)).to.equal('failed');
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 1, held: 0 });
    expect((await bench.run('redrive', imageId)).status).to.equal(0);
    expect(await bench.statusOf(imageId)).to.equal('queued');
    expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 0, held: 0 });
  });

  it('sends what is queued once more when it is named, as its message may never have been sent', async () => {
    const imageId = await bench.store('thumb');
    await bench.fail(imageId, 'thumb');
    await requeueRendition(bench.table, { imageId, name: 'thumb' }, renditionRequest());
    expect((await bench.run('redrive', `${imageId}/thumb`)).status).to.equal(0);
    expect(await bench.sent(1)).to.have.lengthOf(1);
  });

  it('says in one sentence what cannot be redriven, and redrives the rest', async () => {
    const [good, deleted, unknown] = [await bench.store('thumb'), await bench.store('thumb'), createImageId()];
    await bench.fail(good, 'thumb');
    await deleteImageRecord(bench.table, deleted);
    const targets = [unknown, deleted, `${good}/poster`, `${good}/thumb`, `${good}/thumb`];
    const { status, stdout, stderr } = await bench.run('redrive', ...targets);
    expect(status).to.equal(1);
    expect(stdout).to.include(`${good}: thumb sent to the workers\n`).and.include('workers: 1 ');
    expect(stderr.trimEnd().split('\n')).to.deep.equal([
      `There is no image ${unknown}.`,
      `The image ${deleted} was deleted.`,
      `There is nothing to redrive of the image ${good}: it has no poster.`,
    ]);
  });
});
