import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { commandsBelow, copyProject, type Emulation, inShell, startEmulation } from './rehearsal.ts';

const digest = (): string => createHash('sha256').update(randomBytes(8)).digest('hex');

/** The values that the guide leaves to its reader. */
const WORDS: [word: RegExp, value: () => string][] = [
  [/\bNEW_DIGEST\b/g, digest],
  [/\bOLD_DIGEST\b/g, digest],
  [/sha256:…/g, () => `sha256:${digest()}`],
  [/^NAME=prod$/gm, () => 'NAME=dev'],
];

const filledIn = (commands: string): string =>
  WORDS.reduce((left, [word, value]) => left.replaceAll(word, value), commands);

/**
 * Follows docs/deploying.md, and then docs/infrastructure.md, with npm run emulate in place of an account. Each step runs the commands in the
 * guides.
 */
describe('docs/deploying.md takes dev', function () {
  this.timeout(900_000);
  let folder: TemporaryFolder;
  let emulation: Emulation;
  before(async () => {
    folder = await createTemporaryFolder();
    await copyProject(folder.path);
    emulation = await startEmulation();
  });
  after(async () => {
    emulation?.process.kill('SIGINT');
    await folder?.remove();
  });

  const run = (commands: string, typed?: string) =>
    inShell(folder.path, emulation.variables, filledIn(commands), typed);

  /** Runs a block of a section unchanged. */
  const followIn = async (page: string, heading: string, block: number, typed?: string): Promise<string> => {
    const commands = (await commandsBelow(page, heading))[block];
    if (!commands) throw new Error(`${heading} of ${page} has no block ${block} of commands`);
    return run(commands, typed);
  };
  const deploying = (heading: string, block: number) => followIn('deploying.md', heading, block);
  const follow = (heading: string, block: number, typed?: string) =>
    followIn('infrastructure.md', heading, block, typed);

  async function set(file: string, from: string, to: string): Promise<void> {
    const path = join(folder.path, 'stacks/environments', file);
    const settings = await readFile(path, 'utf8');
    expect(settings).to.include(from);
    await writeFile(path, settings.replace(from, to));
  }

  /** The checks that find something missing. */
  async function missing(): Promise<string[]> {
    const report = await run('npm run -s synth >&2; npm run -s doctor -- dev --json || [ $? = 1 ]');
    const { checks } = JSON.parse(report) as { checks: { check: string; findings: { outcome: string }[] }[] };
    return checks
      .filter(({ findings }) => findings.some(({ outcome }) => outcome === 'missing'))
      .map(({ check }) => check);
  }

  const DOWNLOAD_IMAGE = 'aws ssm get-parameter --name /image-service/dev/images/download --query Parameter.Value';
  const COUNT_OF_SERVICES = 'aws ecs list-services --cluster image-service-dev --query "length(serviceArns)"';

  it('from nothing, where npm run doctor reports what is missing', async () => {
    expect(await missing()).to.include.members(['bootstrap', 'service-linked roles', 'parameters']);
  });

  it('to a bootstrap whose state is in its own bucket', async () => {
    await deploying('5. Bootstrap', 0);
    expect(Number(await deploying('5. Bootstrap', 1))).to.be.above(1000);
    await deploying('5. Bootstrap', 2);
    const account = await readFile(join(folder.path, 'stacks/environments/account.ts'), 'utf8');
    expect(account).to.include('stateInBucket: true');
  });

  it('to secrets, with nothing missing but placeholders, and the images that a deployment brings', async () => {
    await deploying('6. Secrets', 0);
    await deploying('6. Secrets', 1);
    const services = ['ecs', 'elasticloadbalancing', 'autoscaling', 'spot', 'ecs.application-autoscaling'];
    for (const service of services)
      await run(`aws iam create-service-linked-role --aws-service-name ${service}.amazonaws.com`);
    expect(await missing()).to.deep.equal(['placeholders', 'parameters']);
  });

  it('to no other secrets, because AWS refuses to replace those that are there', async () => {
    const refusal = await deploying('6. Secrets', 0).catch((error: Error) => error.message);
    expect(refusal).to.include('ParameterAlreadyExists');
  });

  it('to a platform that runs the images of a build', async () => {
    await follow('Rehearse', 1);
    expect(await deploying('From a laptop', 2)).to.match(/All services of dev are steady and run the recorded images/);
    expect(await missing()).to.deep.equal(['placeholders']);
    expect(Number(await run(COUNT_OF_SERVICES))).to.equal(4);
    expect(await follow('5. Storage and platform', 0)).to.match(/No changes\..*No changes\./s);
    expect(await follow('5. Storage and platform', 1)).to.match(/PRIMARY.*COMPLETED.*image-service-dev-download:1 /);
  });

  it('to the images of the next build, and by hand back to those before', async () => {
    const before = await run(DOWNLOAD_IMAGE);
    const loop = (await commandsBelow('infrastructure.md', 'Rehearse'))[1] ?? '';
    await run(loop.replace('rehearsal', 'next').replace("'$SERVICE'", "'$SERVICE-next'"));
    await deploying('From a laptop', 2);
    expect(await run(DOWNLOAD_IMAGE)).to.not.equal(before);
    expect(await deploying('Roll back by hand', 2)).to.include('dev runs what it ran before.');
    expect(await run(DOWNLOAD_IMAGE)).to.equal(before);
  });

  it('through a changed setting, a new image and a rollback', async () => {
    await set('dev.ts', 'logDays: 7', 'logDays: 14');
    expect(await run('npx cdktf deploy platform-dev')).to.match(/Plan: 0 to add, \d to change, 0 to destroy/);
    const before = await run(DOWNLOAD_IMAGE);
    expect(await follow('Upgrade', 0)).to.match(/Plan: 1 to add, 1 to change, 1 to destroy/);
    expect(JSON.stringify((await follow('Roll back', 0)).trim())).to.equal(before.trim());
  });

  it('through a rotation of API keys and link keys', async () => {
    await follow('Rotate secrets', 0);
    await follow('Rotate secrets', 1, '\n'.repeat(3));
    expect(await run('npx cdktf diff platform-dev')).to.include('No changes.');
  });

  it('back to nothing', async () => {
    await follow('Tear down', 0, 'dev\n');
    await follow('Tear down', 1);
    await set('account.ts', 'stateInBucket: true', 'stateInBucket: false');
    await follow('Tear down', 2);
    const left = [
      'aws s3api list-buckets --query "Buckets[].Name" --output text',
      'aws iam list-roles --query "Roles[?starts_with(RoleName, \'image-service\')].RoleName" --output text',
      'aws ec2 describe-vpcs --query "Vpcs[?!IsDefault].VpcId" --output text',
    ];
    expect((await run(left.join('\n'))).replaceAll(/None|\s/g, '')).to.equal('');
  });
});
