import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { commandsBelow, copyProject, type Emulation, inShell, startEmulation } from './rehearsal.ts';

const digest = (): string => createHash('sha256').update(randomBytes(8)).digest('hex');

/** The values that the guide leaves to its reader. */
const WORDS: [word: RegExp, value: () => string][] = [
  [/(?<=--value )DIGEST$/gm, digest],
  [/\bNEW_DIGEST\b/g, digest],
  [/\bOLD_DIGEST\b/g, digest],
  [/sha256:…/g, () => `sha256:${digest()}`],
];

const filledIn = (commands: string): string =>
  WORDS.reduce((left, [word, value]) => left.replaceAll(word, value), commands);

/** Follows docs/infrastructure.md with npm run emulate in place of an account. Each step runs the commands in the guide. */
describe('docs/infrastructure.md takes dev', function () {
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
  const follow = async (heading: string, block: number, typed?: string): Promise<string> => {
    const commands = (await commandsBelow(heading))[block];
    if (!commands) throw new Error(`${heading} has no block ${block} of commands`);
    return run(commands, typed);
  };

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

  const COUNT_OF_SERVICES = 'aws ecs list-services --cluster image-service-dev --query "length(serviceArns)"';

  it('from nothing, where npm run doctor reports what is missing', async () => {
    expect(await missing()).to.include.members(['bootstrap', 'service-linked roles', 'parameters']);
  });

  it('to a bootstrap whose state is in its own bucket', async () => {
    await follow('2. Bootstrap', 0);
    await set('account.ts', 'stateInBucket: false', 'stateInBucket: true');
    await follow('2. Bootstrap', 1);
  });

  it('to images and secrets, with nothing missing but placeholders', async () => {
    await follow('Rehearse', 1);
    await follow('3. Images', 1);
    await follow('4. Secrets', 0);
    await follow('4. Secrets', 1);
    const services = ['ecs', 'elasticloadbalancing', 'autoscaling', 'spot', 'ecs.application-autoscaling'];
    for (const service of services)
      await run(`aws iam create-service-linked-role --aws-service-name ${service}.amazonaws.com`);
    expect(await missing()).to.deep.equal(['placeholders']);
  });

  it('to a platform with stable services', async () => {
    const printed = await follow('5. Storage and platform', 0);
    expect(printed).to.match(/Plan: 1\d\d to add, 0 to change, 0 to destroy/);
    expect(await follow('5. Storage and platform', 1)).to.match(/PRIMARY.*COMPLETED.*image-service-dev-download:1 /);
    expect(Number(await run(COUNT_OF_SERVICES))).to.equal(4);
  });

  it('through a changed setting, a new image and a rollback', async () => {
    await set('dev.ts', 'logDays: 7', 'logDays: 14');
    expect(await run('npx cdktf deploy platform-dev')).to.match(/Plan: 0 to add, \d to change, 0 to destroy/);
    const before = await run('aws ssm get-parameter --name /image-service/dev/images/download --query Parameter.Value');
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
