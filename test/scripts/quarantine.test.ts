import { expect } from 'chai';
import { createImageId } from '../../shared/domain/image-id.ts';
import { deleteImageRecord } from '../../shared/storage/table/image-deletion.ts';
import { changeRecord, renditionRequest } from '../support/storage/image-records.ts';
import { FAILURE, type QuarantineBench, startQuarantineBench } from '../support/storage/quarantine-bench.ts';
import { runQuarantine } from '../support/storage/quarantine-process.ts';

const UNREADABLE = { code: 'watermark_unreadable', detail: 'The watermark cannot be decoded.' } as const;

const ownerOf = ({ imageId, owner }: { imageId?: string; owner?: string }) => ({ imageId, owner });

const namesOf = (renditions: { name: string }[]): string[] => renditions.map(({ name }) => name);

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

    it('tells whose each image is, and lists those of one owner only if asked', async () => {
      const [ours, others] = [await bench.store('thumb'), await bench.store('thumb')];
      await changeRecord(bench.table, others, { owner: 'bob' });
      for (const imageId of [ours, others]) {
        await bench.fail(imageId, 'thumb');
        await bench.bury({ imageId });
      }
      await bench.bury('no message of ours');
      const { printed: all } = await bench.json();
      const owned = [ours, others].map((imageId) => ({ imageId, owner: imageId === ours ? 'local' : 'bob' }));
      expect(all.failedRenditions.map(ownerOf)).to.have.deep.members(owned);
      expect(all.deadLetters.map(ownerOf)).to.have.deep.members([...owned, { imageId: undefined, owner: undefined }]);
      const { printed: bobs } = await bench.json('--owner', 'bob', '--limit', '1');
      expect([bobs.failedRenditions, bobs.deadLetters].map((each) => each.map(ownerOf))).to.deep.equal([
        [{ imageId: others, owner: 'bob' }],
        [{ imageId: others, owner: 'bob' }],
      ]);
      const { stdout } = await bench.run('--owner', 'bob');
      expect(stdout).to.include('of bob: Processing failed').and.not.include(ours);
      expect((await bench.run('--owner', 'nobody')).stdout).to.include('No rendition failed for good of nobody.');
      const redriven = await bench.run('redrive', '--all', '--owner', 'bob');
      expect(redriven.stdout).to.include(others).and.not.include(ours);
      expect([await bench.statusOf(ours), await bench.statusOf(others)]).to.deep.equal(['failed', 'queued']);
      expect((await bench.deadLetterCount()).waiting).to.equal(2);
      const refused = await bench.run('redrive', ours, '--owner', 'bob');
      expect([refused.status, refused.stderr]).to.deep.equal([1, `There is no image ${ours} of bob.\n`]);
    });

    it('prints nothing raw that a terminal would act upon, neither as lines nor as JSON, and loses nothing', async () => {
      const characters =
        '\u0007\u001b[2J\u007f\u0085\u009b31m\u009d0;title\u009c\u061c\u200e\u202e\u2066\u2028\u2029\ufeff\u{e0001}';
      const detail = `Broken${characters}.`;
      const imageId = await bench.store('thumb');
      await bench.fail(imageId, 'thumb', { code: 'image_unreadable', detail });
      await bench.bury('no message of ours\u009b31m\u202e\u2028');
      for (const options of [[], ['--json']]) {
        const { status, stdout, stderr } = await bench.run(...options);
        expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
        expect(stdout.replaceAll('\n', '')).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(stdout).to.include('Broken');
        if (options.length > 0) expect(JSON.parse(stdout).failedRenditions[0].failure.detail).to.equal(detail);
      }
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
      expect(stdout).to.match(/^ {2}of local: Broken at length .*…$/m);
      expect(stdout).to.match(new RegExp(`^${imageId}  thumb, card +1 +`, 'm'));
      expect(stdout).to.match(/^ {2}of local: thumb is failed: image_unreadable, .*…$/m);
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

    it('says that the image of a dead letter was deleted or never existed', async () => {
      const imageId = await bench.store('thumb');
      await deleteImageRecord(bench.table, imageId);
      await bench.bury({ imageId });
      await bench.bury({ imageId: createImageId() });
      const { printed } = await bench.json();
      expect(printed.deadLetters[0].reason).to.equal('The image was deleted.');
      expect(printed.deadLetters[1].reason).to.match(/^There is no such image/);
    });

    it('lists fewer with --code and --limit, and says when there is more', async () => {
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

  it('sends one rendition to the workers by redrive and leaves the other failed', async () => {
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
});

describe('npm run quarantine without a service', function () {
  this.timeout(60_000);
  let bench: QuarantineBench;

  before(async () => {
    bench = await startQuarantineBench();
  });
  after(() => bench.stop());

  const wrong: Record<string, [args: string[], env: Record<string, string>, sentence: RegExp]> = {
    'a table that is not there': [[], { IMAGE_TABLE_NAME: 'another' }, /^There is no such table: .*\.\n$/],
    'a setting that is missing': [
      [],
      { DEAD_LETTER_QUEUE_URL: '' },
      /^The environment .* DEAD_LETTER_QUEUE_URL is required\.\n$/,
    ],
    'an endpoint that is dead': [[], { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9' }, /^SQS does not answer\..*\n$/],
    'a folder on which nothing runs': [
      ['--data', '/no/such/folder'],
      {},
      /^Nothing runs on \/no\/such\/folder\. .*\n$/,
    ],
  };
  for (const [what, [args, env, sentence]] of Object.entries(wrong)) {
    it(`says in one sentence what is wrong with ${what}, and ends with 1`, async () => {
      const ended = await runQuarantine({ env: { ...bench.env, ...env } }, ...args);
      expect(ended.stderr).to.match(sentence);
      expect({ status: ended.status, stdout: ended.stdout }).to.deep.equal({ status: 1, stdout: '' });
    });
  }
});
