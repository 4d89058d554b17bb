import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { createImageId } from '../../shared/domain/image-id.ts';
import { deleteImage } from '../../shared/storage/image-table.ts';
import { requeueRendition } from '../../shared/storage/rendition-states.ts';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http-client.ts';
import { renditionRequest } from '../support/image-records.ts';
import { photograph } from '../support/photographs.ts';
import { FAILURE, type QuarantineBench, startQuarantineBench } from '../support/quarantine-bench.ts';
import { runQuarantine } from '../support/quarantine-process.ts';
import { spawnStart } from '../support/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

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

describe('npm run quarantine', function () {
  this.timeout(60_000);
  let bench: QuarantineBench;

  beforeEach(async () => {
    bench = await startQuarantineBench();
  });
  afterEach(() => bench.stop());

  describe('list', () => {
    it('says that nothing failed', async () => {
      const { status, stdout, stderr } = await bench.run();
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout).to.match(/^Table images in us-east-1\n/);
      expect(stdout).to.include('No rendition failed for good.').and.include('No message is in the dead-letter queue.');
    });

    it('shows what failed and what is in the dead letters in lines of at most 100 characters', async () => {
      const imageId = await bench.store('thumb', 'a-name-that-is-long');
      await bench.fail(imageId, 'thumb', {
        code: 'image_unreadable',
        detail: `Broken \u001b[31m\n${'at length '.repeat(20)}`,
      });
      await bench.fail(imageId, 'a-name-that-is-long', UNREADABLE);
      await bench.bury({ imageId, renditions: [renditionRequest('thumb'), renditionRequest('card')] });
      await bench.bury('no JSON\n\u009b31m');
      await bench.bury('{"to": "somebody else"}');
      const { status, stdout, stderr } = await bench.run('list');
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout.split('\n').filter((line) => line.length > 100 || /\p{Cc}/u.test(line))).to.deep.equal([]);
      expect(stdout).to.match(/^image id +rendition +code +attempts +failed at \(UTC\)$/m);
      expect(stdout).to.match(
        new RegExp(`^${imageId}  thumb +image_unreadable +1 +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d$`, 'm'),
      );
      expect(stdout).to.match(/^ {2}Broken at length .*…$/m);
      expect(stdout).to.match(new RegExp(`^${imageId}  thumb, card +1 +`, 'm'));
      expect(stdout).to.match(/^ {2}thumb is failed: image_unreadable, .*…$/m);
      expect(stdout).to.include('It is not JSON. no JSON');
      expect(stdout).to.match(/not a message of this service: "imageId" is required\. \{"to"/);
    });

    it('tells everything with --json, and hides no message from others afterwards', async () => {
      const imageId = await bench.store('thumb', 'card');
      await bench.fail(imageId, 'thumb');
      const own = await bench.bury({ imageId, renditions: ['thumb', 'card', 'gone'].map(renditionRequest) });
      const foreign = await bench.bury('[]');
      const { status, printed } = await bench.json();
      expect(status).to.equal(0);
      const { commands, output } = renditionRequest();
      expect(printed.failedRenditions).to.have.lengthOf(1);
      expect(printed.failedRenditions[0]).to.deep.include({
        imageId,
        name: 'thumb',
        commands,
        output,
        failure: FAILURE,
      });
      const [first, second] = printed.deadLetters;
      expect(first).to.deep.include({ messageId: own, imageId, requestId: 'before', receiveCount: 1 });
      expect(JSON.parse(first.body).imageId).to.equal(imageId);
      expect(first.renditions).to.deep.equal([
        { name: 'thumb', status: 'failed', failure: FAILURE },
        { name: 'card', status: 'queued' },
        { name: 'gone', status: 'absent' },
      ]);
      expect(second).to.include({ messageId: foreign, body: '[]' }).and.not.have.property('imageId');
      expect(printed).to.deep.include({ isTruncated: false, deadLetterCount: { waiting: 2, held: 0 } });
      expect(await bench.deadLetterCount()).to.deep.equal({ waiting: 2, held: 0 });
    });

    it('says of a dead letter that its image was deleted or never was', async () => {
      const imageId = await bench.store('thumb');
      await deleteImage(bench.table, imageId);
      await bench.bury({ imageId });
      await bench.bury({ imageId: createImageId() });
      const { printed } = await bench.json();
      expect(printed.deadLetters[0].reason).to.equal('The image was deleted.');
      expect(printed.deadLetters[1].reason).to.match(/^There is no such image/);
    });

    it('is narrowed down by --code and --limit, and says when there is more', async () => {
      const [one, other] = [await bench.store('a', 'b'), await bench.store('c')];
      await bench.fail(one, 'a');
      await bench.fail(one, 'b');
      await bench.fail(other, 'c', UNREADABLE);
      await bench.bury({ imageId: one, renditions: [renditionRequest('a')] });
      await bench.bury({ imageId: other, renditions: [renditionRequest('c')] });
      await bench.bury('{}');
      const { printed } = await bench.json('--code', 'watermark_unreadable');
      expect(namesOf(printed.failedRenditions)).to.deep.equal(['c']);
      expect(printed.deadLetters.map(({ imageId }: { imageId: string }) => imageId)).to.deep.equal([other]);
      const { stdout } = await bench.run('--limit', '1');
      expect(stdout)
        .to.match(new RegExp(`^${other}  c `, 'm'))
        .and.not.include('  b ');
      expect(stdout).to.include('These are the newest').and.include('These are some of about 3');
    });
  });

  describe('redrive', () => {
    it('sends one rendition to the workers and leaves the other failed', async () => {
      const imageId = await bench.store('thumb', 'card');
      await bench.fail(imageId, 'thumb');
      await bench.fail(imageId, 'card');
      const { status, stdout, stderr } = await bench.run('redrive', `${imageId}/thumb`);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      const [line, summary] = stdout.split('\n');
      expect(line).to.equal(`${imageId}: thumb sent to the workers`);
      const [message] = await bench.sent(1);
      expect(summary).to.equal(`Renditions sent to the workers: 1 (request ${message?.requestId}).`);
      expect(message).to.deep.include({ imageId, renditions: [renditionRequest('thumb')] });
      expect(await bench.statusOf(imageId, 'thumb')).to.equal('queued');
      expect(await bench.statusOf(imageId, 'card')).to.equal('failed');
      expect(namesOf((await bench.json()).printed.failedRenditions)).to.deep.equal(['card']);
    });

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
      const sent = messages.flatMap(({ imageId, renditions }) =>
        namesOf(renditions).map((name) => `${imageId}/${name}`),
      );
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
      for (const imageId of [await bench.store('thumb'), await bench.store('thumb')])
        await bench.fail(imageId, 'thumb');
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
      await deleteImage(bench.table, deleted);
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

  const wrong: Record<string, [args: string[], env: Record<string, string>, status: number, sentence: RegExp]> = {
    'an unknown option': [['--fast'], {}, 2, /^[^\n]*--fast[^\n]*\n$/],
    'an unknown verb': [['delete'], {}, 2, /^There is list and redrive, not delete\.\n$/],
    'a redrive of nothing': [['redrive'], {}, 2, /^Name what to redrive: .*\n$/],
    'a redrive of all and one': [['redrive', '--all', createImageId()], {}, 2, /not both\.\n$/],
    'a limit that is none': [['--limit', 'many'], {}, 2, /^--limit takes .* not many\.\n$/],
    'an unknown code': [['--code', 'bad_luck'], {}, 1, /^There is no failure code bad_luck\..*\n$/],
    'an id that is none': [['redrive', 'photo.jpg'], {}, 1, /^photo\.jpg is neither .*\n$/],
    'a table that is not there': [[], { IMAGE_TABLE_NAME: 'another' }, 1, /^There is no such table: .*\.\n$/],
    'a setting that is missing': [
      [],
      { DEAD_LETTER_QUEUE_URL: '' },
      1,
      /^The environment .* DEAD_LETTER_QUEUE_URL is required\.\n$/,
    ],
    'an endpoint that is dead': [[], { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9' }, 1, /^SQS does not answer\..*\n$/],
    'a folder on which nothing runs': [
      ['--data', '/no/such/folder'],
      {},
      1,
      /^Nothing runs on \/no\/such\/folder\. .*\n$/,
    ],
  };
  for (const [what, [args, env, status, sentence]] of Object.entries(wrong)) {
    it(`says in one sentence what is wrong with ${what}, and ends with ${status}`, async () => {
      const ended = await runQuarantine({ env: { ...bench.env, ...env } }, ...args);
      expect(ended.stderr).to.match(sentence);
      expect({ status: ended.status, stdout: ended.stdout }).to.deep.equal({ status, stdout: '' });
    });
  }

  it('explains itself with --help', async () => {
    const { status, stdout } = await bench.run('--help');
    expect(status).to.equal(0);
    for (const option of ['redrive', '--all', '--code', '--limit', '--json', '--data'])
      expect(stdout).to.include(option);
  });
});

describe('npm run quarantine beside npm start', function () {
  this.timeout(90_000);
  let folder: TemporaryFolder;

  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  it('finds the stack that runs on the folder, and what it redrives is worked on', async () => {
    const data = join(folder.path, 'data');
    const settings = join(data, 'settings.json');
    const stack = spawnStart('--port', '0', '--data', data, '--log', 'silent');
    try {
      const url = await stack.ready();
      expect((await stat(settings)).mode & 0o777).to.equal(0o600);
      expect(await readFile(settings, 'utf8'))
        .to.not.include('SECRET"')
        .and.not.include('PART_URL');
      const body = (await photograph('jpeg', 400, 400)).subarray(0, 2000);
      const { imageId } = jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body }));
      const failed = async () => {
        const { stdout } = await runQuarantine({ cwd: folder.path }, '--json');
        const { failedRenditions } = JSON.parse(stdout);
        return failedRenditions.length > 0 && failedRenditions[0];
      };
      const first = await eventually('the rendition fails', failed, 30_000);
      expect(first).to.include({ imageId, name: 'thumb', attempts: 1 });
      expect(first.failure.code).to.equal('image_unreadable');

      const args = ['redrive', `${imageId}/thumb`, '--data', data];
      expect(await runQuarantine({}, ...args)).to.include({ status: 0, stderr: '' });
      const second = await eventually('the rendition fails again', failed, 30_000);
      expect(Date.parse(second.updatedAt)).to.be.above(Date.parse(first.updatedAt));
      stack.child.kill('SIGTERM');
      await stack.ended();
      expect(await stat(settings).catch(({ code }) => code)).to.equal('ENOENT');
    } finally {
      if (stack.child.exitCode === null) stack.child.kill('SIGTERM');
      await stack.ended();
    }
  });

  it('says that nothing runs on the folder of a stack that was killed', async () => {
    const data = join(folder.path, 'killed');
    const stack = spawnStart('--port', '0', '--data', data, '--log', 'silent');
    await stack.ready();
    stack.child.kill('SIGKILL');
    await stack.ended();
    const { status, stderr } = await runQuarantine({}, '--data', data);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Nothing runs on \S+killed\. Run npm start.*\n$/);
  });
});
