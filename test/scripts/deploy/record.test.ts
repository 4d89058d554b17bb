import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isNoWayBack, recordDigests, recordProven } from '../../../scripts/deploy/record.ts';
import { refusalOf } from '../../../scripts/target-stack/aws-cli.ts';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { type Called, digest, scriptedSite } from './scripted-site.ts';

const refuse = (code: string, command: string): never => {
  throw refusalOf(`aws ${command}: An error occurred (${code}) when calling the Some operation: no`);
};

const nameOf = (service: string): string => `/image-service/dev/images/${service}`;

/** SSM with parameters and ECR with images, which a test may make fail. */
function account(parameters: Map<string, string>, fails: (called: Called) => void = () => undefined) {
  return scriptedSite((called) => {
    fails(called);
    const { command, options } = called;
    if (command === 'ssm get-parameters') {
      const names = (options.names ?? '').split(' ').filter((name) => parameters.has(name));
      return { Parameters: names.map((Name) => ({ Name, Value: parameters.get(Name) })) };
    }
    if (command === 'ssm put-parameter') parameters.set(options.name ?? '', options.value ?? '');
    return {};
  });
}

const all = (letter: string) => Object.fromEntries(SERVICE_NAMES.map((service) => [service, digest(letter)]));
const recordedAs = (letter: string) => new Map(SERVICE_NAMES.map((service) => [nameOf(service), digest(letter)]));

const rejection = async (promise: Promise<unknown>): Promise<Error> => (await rejectionOf(promise)) as Error;

describe('recording digests', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());
  const file = (name: string) => join(folder.path, name);

  async function saved(content: unknown): Promise<string> {
    await writeFile(file('digests.json'), typeof content === 'string' ? content : JSON.stringify(content));
    return file('digests.json');
  }
  const build = (letter: string) => saved({ version: '1.2.0', revision: 'a'.repeat(40), images: all(letter) });

  const lines: string[] = [];
  beforeEach(() => lines.splice(0));
  const quiet = { isDryRun: false, log: (line: string) => void lines.push(line) };

  it('writes those that differ, and keeps what was there before in a file of the same form', async () => {
    const parameters = recordedAs('1').set(nameOf('worker'), digest('2'));
    const { site, calls } = account(parameters);
    await recordDigests(site, { ...quiet, from: await build('2'), previous: file('previous.json') });
    expect(parameters).to.deep.equal(recordedAs('2'));
    expect(calls.filter(({ command }) => command === 'ssm put-parameter')).to.have.length(3);
    const previous = JSON.parse(await readFile(file('previous.json'), 'utf8'));
    expect(previous).to.deep.equal({ images: { ...all('1'), worker: digest('2') } });
    await recordDigests(site, { ...quiet, from: file('previous.json') });
    expect(parameters.get(nameOf('download'))).to.equal(digest('1'));
  });

  it('keeps no file where nothing ran before, not even that of an earlier deployment', async () => {
    const { site } = account(new Map());
    await writeFile(file('previous.json'), '{}');
    await recordDigests(site, { ...quiet, from: await build('2'), previous: file('previous.json') });
    expect(existsSync(file('previous.json'))).to.equal(false);
  });

  /** What --previous has after recordings one after the other, of which those with `!` are proven. */
  async function previousAfter(parameters: Map<string, string>, ...letters: string[]): Promise<unknown> {
    const { site } = account(parameters);
    for (const [letter = '', proof] of letters) {
      const from = await build(letter);
      await recordDigests(site, { ...quiet, from, previous: file('last.json') });
      if (proof) await recordProven(site, { ...quiet, from });
    }
    if (!existsSync(file('last.json'))) return undefined;
    const { images } = JSON.parse(await readFile(file('last.json'), 'utf8'));
    return images;
  }

  const GOES_BACK_TO: [title: string, letters: string[], last: string | undefined][] = [
    ['a build that was proven', ['1!', '2'], '1'],
    ['one before it, where that was cancelled and runs again', ['1!', '2', '2'], '1'],
    ['one before several that nobody has proven', ['1!', '2', '3', '4', '3'], '1'],
    ['the newest of those that were proven', ['1!', '2!', '3', '1'], '2'],
    ['nothing, where what is proven is deployed again', ['1!', '2', '1'], undefined],
    ['nothing, where the only one was never proven', ['1', '1'], undefined],
    ['what was recorded, where none was ever proven', ['1', '2'], '1'],
  ];
  for (const [title, letters, last] of GOES_BACK_TO)
    it(`goes back to ${title}`, async () => {
      expect(await previousAfter(new Map(), ...letters)).to.deep.equal(last && all(last));
    });

  const RECORDED: [title: string, recorded: string, proven: string | undefined, isNoWay: boolean][] = [
    ['are recorded and were proven, as when a rollback is repeated', '1', '1', false],
    ['are recorded and others were proven', '1', '2', true],
    ['are recorded and none was ever proven', '1', undefined, true],
    ['are not recorded', '2', undefined, false],
  ];
  for (const [title, recorded, proven, isNoWay] of RECORDED)
    it(`knows whether it goes back at all, to images that ${title}`, async () => {
      const parameters = recordedAs(recorded);
      if (proven) parameters.set(nameOf('proven'), JSON.stringify({ images: all(proven) }));
      expect(await isNoWayBack(account(parameters).site, { images: all('1') } as never)).to.equal(isNoWay);
    });

  it('goes back to the proven ones together, where a recording ended between two services', async () => {
    const parameters = recordedAs('2').set(nameOf('worker'), digest('3'));
    parameters.set(nameOf('proven'), JSON.stringify({ images: all('1') }));
    expect(await previousAfter(parameters, '3')).to.deep.equal(all('1'));
  });

  it('takes for proven only what is recorded, and says what is wrong with what somebody else has written there', async () => {
    const parameters = recordedAs('2').set(nameOf('worker'), digest('3'));
    const { site, calls } = account(parameters);
    const other = await rejection(recordProven(site, { ...quiet, from: await build('2') }));
    expect(other.message).to.match(/has other images than those recorded for dev/);
    parameters.set(nameOf('worker'), digest('2'));
    await recordProven(site, { ...quiet, isDryRun: true, from: await build('2') });
    expect(calls.some(({ command }) => command === 'ssm put-parameter')).to.equal(false);
    parameters.set(nameOf('proven'), '{}');
    const broken = await rejection(
      recordDigests(site, { ...quiet, from: await build('4'), previous: file('broken.json') }),
    );
    expect(broken.message).to.match(/^The parameter \/image-service\/dev\/images\/proven does not say which images/);
    expect(parameters.get(nameOf('worker'))).to.equal(digest('2'));
  });

  it('keeps null for a service that had none, which can be no digest to record', async () => {
    const { site } = account(new Map([[nameOf('worker'), digest('1')]]));
    await recordDigests(site, { ...quiet, from: await build('2'), previous: file('first.json') });
    const previous = JSON.parse(await readFile(file('first.json'), 'utf8'));
    expect(previous.images).to.deep.equal({
      'sync-upload': null,
      'async-upload': null,
      download: null,
      worker: digest('1'),
    });
    const error = await rejection(recordDigests(site, { ...quiet, from: file('first.json') }));
    expect(error.message).to.match(
      /first\.json has no image for sync-upload, async-upload, download, which ran nothing then\.$/,
    );
  });

  it('refuses images that are not in ECR, and has written nothing then, not even the file', async () => {
    const parameters = recordedAs('1');
    const { site } = account(parameters, ({ command, options }) => {
      if (command === 'ecr describe-images' && options['repository-name']?.endsWith('/worker'))
        refuse('ImageNotFoundException', command);
    });
    const error = await rejection(
      recordDigests(site, { ...quiet, from: await build('2'), previous: file('none.json') }),
    );
    expect(error.message).to.equal(
      `These images are not in account 210987654321, us-east-1: image-service/worker@${digest('2')}. Push them first: npm run images -- push dev --from FOLDER.`,
    );
    expect(parameters).to.deep.equal(recordedAs('1'));
    expect(await rejection(readFile(file('none.json')))).to.include({ code: 'ENOENT' });
  });

  it('puts back what it has written if one cannot be written, and says so', async () => {
    const parameters = recordedAs('1');
    const { site } = account(parameters, ({ command, options }) => {
      if (options.name === nameOf('download')) refuse('AccessDeniedException', command);
    });
    const error = await rejection(recordDigests(site, { ...quiet, from: await build('2') }));
    expect(error.message).to.match(/AccessDeniedException.*\nThe digests that were written are put back\.$/s);
    expect(parameters).to.deep.equal(recordedAs('1'));
  });

  it('says which cannot be put back', async () => {
    const parameters = new Map([[nameOf('async-upload'), digest('1')]]);
    const { site } = account(parameters, ({ command, options }) => {
      if (options.name === nameOf('download') || options.value === digest('1')) refuse('ThrottlingException', command);
    });
    const error = await rejection(recordDigests(site, { ...quiet, from: await build('2') }));
    expect(error.message).to.match(
      /are put back, except: sync-upload had no digest before, and keeps the new one; async-upload keeps the new one, because: .*Throttling/s,
    );
  });

  it('writes nothing where nothing differs, or in a dry run, and says what it would write', async () => {
    const { site, calls } = account(recordedAs('1'));
    await recordDigests(site, { ...quiet, from: await build('1') });
    expect(lines).to.deep.equal(['dev has the images of 1.2.0 aaaaaaaaaaaa recorded already.']);
    await recordDigests(site, { ...quiet, isDryRun: true, from: await build('2'), previous: file('dry.json') });
    expect(lines.at(-1)).to.equal(`would record ${digest('2')} for worker`);
    expect(calls.some(({ command }) => command === 'ssm put-parameter')).to.equal(false);
    expect(await rejection(readFile(file('dry.json')))).to.include({ code: 'ENOENT' });
  });

  const WRONG: [title: string, content: unknown, sentence: RegExp][] = [
    ['no JSON', 'sha256:1', /digests\.json is not JSON: /],
    ['a list', [digest('1')], /it must be an object with "images"\.$/],
    ['a missing service', { images: { ...all('1'), worker: undefined } }, /: images has no "worker"\.$/],
    ['another service', { images: { ...all('1'), wrker: digest('1') } }, /images has "wrker", which is no service\.$/],
    [
      'a tag',
      { images: { ...all('1'), worker: 'latest' } },
      /images\.worker is "latest", and not sha256: with 64 hex digits\.$/,
    ],
    ['a short commit', { images: all('1'), revision: 'abc123' }, /revision must be the 40 hex digits of a commit\.$/],
    ['a version that is a number', { images: all('1'), version: 1 }, /version must be a text of one printable line\.$/],
    ['a version of two lines', { images: all('1'), version: '1\n::error::x' }, /version must be a text of one/],
    ['a version that moves the cursor', { images: all('1'), version: '1\u001b[2A' }, /version must be a text of one/],
    ['a list for a digest', { images: { ...all('1'), worker: [digest('1')] } }, /images\.worker is \["sha256:/],
    ['a list for a commit', { images: all('1'), revision: ['a'.repeat(40)] }, /revision must be the 40 hex digits/],
  ];
  for (const [title, content, sentence] of WRONG)
    it(`refuses a file with ${title}, before it asks AWS anything`, async () => {
      const { site, calls } = account(recordedAs('1'));
      const error = await rejection(recordDigests(site, { ...quiet, from: await saved(content) }));
      expect(error.message).to.match(sentence);
      expect(calls).to.deep.equal([]);
    });

  it('says which file it cannot read', async () => {
    const { site } = account(new Map());
    const error = await rejection(recordDigests(site, { ...quiet, from: file('nowhere.json') }));
    expect(error.message).to.match(
      /nowhere\.json cannot be read \(ENOENT\): npm run images -- build writes digests\.json\.$/,
    );
  });
});
