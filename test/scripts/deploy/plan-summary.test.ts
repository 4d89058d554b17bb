import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { GUARDED, guardedIn } from '../../../scripts/deploy/guarded.ts';
import type { Plan } from '../../../scripts/deploy/plan.ts';
import { summaryOf } from '../../../scripts/deploy/plan-summary.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { changeOf, planOf } from './plans.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/plan-summary.ts', import.meta.url));

const markdown = (plan: Plan): string => summaryOf({ 'platform-dev': plan }, 'markdown');

describe('a summary of a plan', () => {
  it('begins with what is replaced or destroyed, and says what forces it and what is lost', () => {
    const summary = markdown(
      planOf(
        changeOf('aws_cloudwatch_log_group.log', 'create'),
        changeOf('aws_dynamodb_table.images', 'delete create', {
          before: { hash_key: 'pk', name: 'images' },
          after: { hash_key: 'id', name: 'images' },
          replace_paths: [['hash_key']],
        }),
        changeOf('aws_sns_topic.old', 'delete', { action_reason: 'delete_because_no_resource_config', after: null }),
      ),
    );
    expect(summary).to.equal(`### platform-dev: 2 to add, 0 to change, 2 to destroy

> [!CAUTION]
> **DESTROYED OR REPLACED (4)**

- REPLACED: \`aws_dynamodb_table.images\` — guarded, because with it goes records
  - forced by \`hash_key\`: \`pk\` → \`id\`
- DESTROYED: \`aws_sns_topic.old\`
  - because: delete because no resource config

**Added**

- \`aws_cloudwatch_log_group.log\`

`);
  });

  it('finds a replacement in either order, and a resource that Terraform forgets', () => {
    const summary = markdown(
      planOf(
        changeOf('aws_subnet.a', 'create delete'),
        changeOf('aws_subnet.b', 'delete create'),
        changeOf('aws_s3_bucket.c', 'forget'),
      ),
    );
    expect(summary).to.match(/REPLACED: `aws_subnet\.a`.*REPLACED: `aws_subnet\.b`.*FORGOTTEN.*`aws_s3_bucket\.c`/s);
  });

  it('shows a new task definition as how it changes, and not as a loss', () => {
    const definition = (image: string) => ({ container_definitions: JSON.stringify([{ name: 'worker', image }]) });
    const summary = markdown(
      planOf(
        changeOf('aws_ecs_task_definition.worker', 'delete create', {
          before: { ...definition('one'), revision: 1 },
          after: definition('two'),
          after_unknown: { revision: true, arn: true },
          replace_paths: [['container_definitions']],
        }),
      ),
    );
    expect(summary).to.not.include('CAUTION');
    expect(summary).to.include(
      '- new revision: `aws_ecs_task_definition.worker`\n  - `container_definitions[].image`: `one` → `two`\n',
    );
    expect(summary).to.not.include('revision`:');
  });

  it('has a section for IAM and network, with the statements, actions and addresses that change', () => {
    const policy = (...Action: string[]) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
    const summary = markdown(
      planOf(
        changeOf('aws_iam_role_policy.worker', 'update', {
          before: { policy: policy('s3:GetObject') },
          after: { policy: policy('s3:GetObject', 's3:DeleteObject') },
        }),
        changeOf('aws_vpc_security_group_ingress_rule.world', 'create', {
          after: { cidr_ipv4: '0.0.0.0/0', from_port: 22, tags: { Name: 'x' } },
          after_unknown: { id: true },
        }),
        changeOf('aws_kms_key.images', 'update', {
          before: { policy: policy('kms:Decrypt') },
          after: { policy: policy('kms:*') },
        }),
        changeOf('aws_sns_topic.mails', 'update', { before: { name: 'a' }, after: { name: 'b' } }),
      ),
    );
    const [, section = ''] = /\*\*IAM and network\*\*\n(.*?)\n\*\*Changed\*\*/s.exec(summary) ?? [];
    expect(section.trim()).to.equal(`- changed: \`aws_iam_role_policy.worker\`
  - \`policy.Statement[].Action[]\`: + \`s3:DeleteObject\`
- added: \`aws_vpc_security_group_ingress_rule.world\`
  - \`cidr_ipv4\`: + \`0.0.0.0/0\`
  - \`from_port\`: + \`22\`
- changed: \`aws_kms_key.images\`
  - \`policy.Statement[].Action[]\`: − \`kms:Decrypt\`
  - \`policy.Statement[].Action[]\`: + \`kms:*\``);
  });

  it('shows every statement of a policy that comes or goes', () => {
    const policy = JSON.stringify({ Statement: [{ Sid: 'one' }, { Sid: 'two' }] });
    const gone = markdown(
      planOf(changeOf('aws_iam_policy.a', 'update', { before: { policy }, after: { policy: null } })),
    );
    expect(gone).to.match(/− `\{"Sid":"one"\}`\n.*− `\{"Sid":"two"\}`/);
  });

  it('never shows what is sensitive before or after, nor its text in another place', () => {
    const secret = 'a7f3-origin-secret';
    const origin = (value: string) => [{ domain_name: 'lb', custom_header: [{ name: 'x-origin-verify', value }] }];
    const mask = { origin: [{ custom_header: [{ value: true }] }] };
    const summary = markdown(
      planOf(
        changeOf('aws_cloudfront_distribution.cdn', 'update', {
          before: { origin: origin(secret), comment: 'one' },
          after: { origin: origin('a-new-secret'), comment: 'two' },
          before_sensitive: mask,
          after_sensitive: mask,
        }),
        changeOf('aws_lb_listener_rule.guarded', 'delete create', {
          before: { condition: [{ values: ['a-new-secret'] }] },
          after: { condition: [{ values: [secret] }] },
          after_sensitive: { condition: true },
          replace_paths: [['condition', 0, 'values']],
        }),
        changeOf('aws_ssm_parameter.leak', 'update', { before: { name: 'x' }, after: { name: `is ${secret}` } }),
      ),
    );
    expect(summary).to.not.include(secret).and.not.include('a-new-secret');
    expect(summary).to.include('`comment`: `one` → `two`');
    expect(summary).to.include('`name`: `x` → `is (sensitive)`');
  });

  const KEY = '-----BEGIN KEY-----\nMIIA"\\B\nline-two\n-----END KEY-----';
  const begins = 'hunter2hunter2';
  const rest = '-and-the-rest-of-the-longer-one';
  const SECRET = {
    short: begins,
    long: begins + rest,
    key: KEY,
    number: 123456789012,
    json: '{"inner":"inner-password"}',
  };

  const ELSEWHERE: [title: string, value: unknown, shown: string][] = [
    ['that begins with another secret', `is ${begins}${rest}!`, 'is (sensitive)!'],
    ['across the place where a value is cut', `${'_'.repeat(790)}${begins}${rest}`, `${'_'.repeat(790)}(sensitiv`],
    ['whose end is where a value is cut', `${'_'.repeat(795)}${begins}${rest}`, `${'_'.repeat(795)}(sens…`],
    ['with ends of lines and quotes, in JSON', [{ name: 'K', pem: KEY, more: { pem: KEY } }], '"pem":"(sensitive)"'],
    [
      'with quotes, in a text of JSON in JSON',
      { text: JSON.stringify({ pem: KEY }), o: 1 },
      '\\"pem\\":\\"(sensitive)\\"',
    ],
    ['that is a number', 'id=123456789012;', 'id=(sensitive);'],
    ['that is a number, as a number', { n: 123456789012, o: 1 }, '(sensitive)'],
    ['from inside a text of JSON that is secret', 'login inner-password', 'login (sensitive)'],
    ['of an output', 'of the output: only-in-an-output', 'of the output: (sensitive)'],
  ];
  for (const [title, value, shown] of ELSEWHERE)
    it(`removes a secret ${title}`, () => {
      const all = { before: SECRET, after: SECRET, before_sensitive: true, after_sensitive: true };
      const leak = changeOf('aws_x.leak', 'update', { before: { a: 'old', b: [1] }, after: { a: value, b: [value] } });
      const output = { actions: ['update' as const], before: 'x', after: 'only-in-an-output', after_sensitive: true };
      const plan = { ...planOf(changeOf('aws_x.secret', 'update', all), leak), output_changes: { secret: output } };
      for (const format of ['markdown', 'text'] as const) {
        const summary = summaryOf({ 'platform-dev': plan }, format);
        expect(summary).to.include(shown);
        // No piece of a secret, in whatever way it is escaped.
        expect(summary).to.not.match(/hunter|-and-the|rest-of|MIIA|line-two|BEGIN|END KEY|123456|inner-pass|only-in/);
      }
    });

  it('takes nothing in a plan for words of its own, and no type for what objects inherit', () => {
    const evil = '# @everyone <img src=x>\n::error::owned \u001b[31m';
    const plan: Plan = {
      ...planOf(
        changeOf('aws_x.a', 'delete create', { action_reason: evil }),
        ...['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((type) =>
          changeOf(`${type}.x`, 'delete create', { before: { a: 1 }, after: { a: 2 } }),
        ),
      ),
      output_changes: { o: { actions: ['update', evil as 'update'], before: 1, after: 2 } },
    };
    expect(guardedIn(plan)).to.deep.equal([]);
    const summary = markdown(plan);
    expect(summary)
      .to.not.include('guarded')
      .and.not.match(/native code|\[object/);
    expect(summary.match(/`[^`]*@everyone[^`]*`/g)).to.have.length(2);
    expect(summary.replaceAll(/`[^`]*`/g, '')).to.not.match(/everyone|img|::error/);
    expect(summary).to.not.include('\u001b').and.not.match(/^::/m);
    expect(summary).to.include('- REPLACED: `constructor.x`').and.include('- update and `# @everyone');
  });

  it('says that an attribute is known only after the apply, also where it is missing in the plan', () => {
    const summary = markdown(
      planOf(
        changeOf('aws_ecs_service.worker', 'update', {
          before: { task_definition: ':1' },
          after: {},
          after_unknown: { task_definition: true },
        }),
      ),
    );
    expect(summary).to.include('`task_definition`: `:1` → `(known after apply)`');
  });

  it('writes names and values so that Markdown and GitHub interpret nothing in them', () => {
    const hostile = 'aws_s3_bucket.b["`@team <img src=x> | **\n# title [x](http://e)"]';
    const summary = markdown(planOf(changeOf(hostile, 'delete')));
    expect(summary).to.include(
      '- DESTROYED: ``aws_s3_bucket.b["`@team <img src=x> | **\\u000a# title [x](http://e)"]`` — guarded',
    );
    const ticks = markdown(planOf(changeOf('aws_sns_topic.``a```', 'create')));
    expect(ticks).to.include('- ```` aws_sns_topic.``a``` ````\n');
  });

  it('says of several stacks what each does, and nothing of data sources', () => {
    const summary = summaryOf(
      {
        'storage-dev': planOf(changeOf('data.aws_vpc.v', 'read')),
        'platform-dev': planOf(changeOf('aws_sns_topic.t', 'create')),
      },
      'text',
    );
    expect(summary)
      .to.include('storage-dev: no changes\n')
      .and.include('platform-dev: 1 to add, 0 to change, 0 to destroy\n');
    expect(summary).to.not.include('aws_vpc');
  });

  it('names what only moves', () => {
    const summary = markdown(planOf(changeOf('aws_sns_topic.new', 'no-op', { previous_address: 'aws_sns_topic.old' })));
    expect(summary).to.include('no changes').and.include('- `aws_sns_topic.old` → `aws_sns_topic.new`');
  });

  it('is cut to what a comment may have, and never by a line of what is destroyed', () => {
    const many = (count: number, kind: string, actions: string) =>
      Array.from({ length: count }, (_, at) =>
        changeOf(`${kind}.a-name-that-is-neither-short-nor-long-${at}`, actions),
      );
    const plan = planOf(
      ...many(900, 'aws_sns_topic', 'create'),
      ...many(300, 'aws_sqs_queue', 'delete'),
      ...many(900, 'aws_iam_role', 'create'),
    );
    const summary = markdown(plan);
    expect(summary.length).to.be.within(60_000, 64_000);
    expect(summary.match(/^- DESTROYED/gm)).to.have.length(300);
    expect(summary.match(/^- added: `aws_iam_role/gm)?.length).to.be.within(100, 899);
    expect(summary).to.not.include('aws_sns_topic.');
    expect(summary).to.match(/^… \d+ more lines do not fit: the log of the job has the whole plan\.$/m);
    expect(summaryOf({ a: plan }, 'text')).to.include('aws_sns_topic.a-name-that-is-neither-short-nor-long-899');
  });
});

describe('a guarded resource', () => {
  for (const type of Object.keys(GUARDED))
    it(`of the type ${type} is neither destroyed, nor replaced, nor forgotten, but may change`, () => {
      const found = ['delete', 'delete create', 'create delete', 'forget', 'update', 'create', 'no-op'].map(
        (actions) => guardedIn(planOf(changeOf(`${type}.one`, actions))).length,
      );
      expect(found).to.deep.equal([1, 1, 1, 1, 0, 0, 0]);
    });
});

describe('npm run plan-summary', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  const summarise = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [SCRIPT, ...args], { cwd: folder.path }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  const saved = async (name: string, plan: unknown): Promise<string> => {
    await writeFile(join(folder.path, name), typeof plan === 'string' ? plan : JSON.stringify(plan));
    return name;
  };

  it('exits with 0 where nothing guarded is lost, and calls a plan after its file', async () => {
    const { code, stdout } = await summarise(
      await saved('platform-prod.json', planOf(changeOf('aws_sns_topic.t', 'delete'))),
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/^### platform-prod: 0 to add, 0 to change, 1 to destroy\n/);
  });

  it('exits with 4 where something guarded is lost, unless that is allowed', async () => {
    const plan = await saved('guarded.json', planOf(changeOf('aws_subnet.one', 'create delete')));
    expect((await summarise(plan)).code).to.equal(4);
    const { code, stdout } = await summarise('guarded.json', '--allow-replacement');
    expect(code).to.equal(0);
    expect(stdout).to.include('REPLACED');
  });

  it('exits with 3 where no change is expected and there is one', async () => {
    const changed = await saved('changed.json', planOf(changeOf('aws_sns_topic.t', 'update')));
    const same = await saved('same.json', planOf(changeOf('aws_sns_topic.t', 'no-op')));
    expect((await summarise(changed, '--expect-no-changes')).code).to.equal(3);
    expect((await summarise(same, '--expect-no-changes')).code).to.equal(0);
  });

  const WRONG: [title: string, args: () => Promise<string[]>, code: number, sentence: RegExp][] = [
    ['no plan', async () => [], 2, /^Name a plan: /],
    [
      'an unknown format',
      async () => ['x.json', '--format', 'html'],
      2,
      /^--format is markdown or text, not html\.\n$/,
    ],
    ['a file that is not there', async () => ['none.json'], 1, /^none\.json cannot be read \(ENOENT\)\.\n$/],
    [
      'no JSON',
      async () => [await saved('text.json', 'Plan: 1 to add')],
      1,
      /^text\.json is not JSON, as terraform show -json/,
    ],
    [
      'a state',
      async () => [await saved('state.json', { version: 4 })],
      1,
      /^state\.json is not a plan in format 1 .*has no format_version\.\n$/,
    ],
    [
      'a plan that failed',
      async () => [await saved('errored.json', { ...planOf(), errored: true })],
      1,
      /^errored\.json is incomplete/,
    ],
  ];
  for (const [title, args, code, sentence] of WRONG)
    it(`says in one sentence what is wrong with ${title}`, async () => {
      const ended = await summarise(...(await args()));
      expect(ended.stderr).to.match(sentence);
      expect(ended.code).to.equal(code);
    });

  it('prints its help', async () => {
    const { code, stdout } = await summarise('--help');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^npm run -s plan-summary -- PLAN\.json…/);
  });
});
