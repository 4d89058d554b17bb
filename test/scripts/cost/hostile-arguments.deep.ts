import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pMap from 'p-map';
import { small } from '../../../scripts/cost/workloads/small.ts';
import { metricLine, withRenditions } from '../../support/cost/metric-records.ts';
import { writeStacks } from '../../support/cost/written-stacks.ts';

const COMMANDS = { cost: 'scripts/cost.ts', prices: 'stacks/prices.ts', economy: 'scripts/economy.ts' } as const;

const ESCAPE = '\u001b[2J';
const HUGE = '9'.repeat(400);
const json = (value: unknown): string => JSON.stringify(value);
const offer = (rest: object): string => json({ formatVersion: 'v1.0', offerCode: 'AmazonS3', terms: {}, ...rest });

/** Files by name, with what is in them. */
const FILES: Record<string, string> = {
  empty: '',
  'array.json': '[]',
  'null.json': 'null',
  'number.json': '5',
  'broken.json': '{',
  'bytes.json': '\u0000\ufffd\u0001',
  'huge-price.json': '{ "prices": { "nat.hour": 1e308 } }',
  'negative-price.json': '{ "prices": { "nat.hour": -1 } }',
  'falling-tiers.json': '{ "prices": { "nat.hour": [{ "from": 0, "usd": 1 }, { "from": 0, "usd": 2 }] } }',
  'names.json': '{ "prices": { "toString": 1 }, "discounts": { "__proto__.*": 0.5 } }',
  'huge-workload.json': json(small).replace(/"imagesPerDay":\d+/, '"imagesPerDay":1e300'),
  'null-sizes.json': json({ ...small, sizes: [null] }),
  'name-of-lines.json': json({ ...small, name: 'a\nb' }),
  'two.ts': `export const one = { a: 1 };\nexport const two = { b: 2 };\n`,
  'throws.ts': 'throw null;\n',
  'stale.prom': `# scraped 2026-12-01T12:00:00Z a\nworker_messages_total{result="done"} NaN\n# scraped 2026-12-02T12:00:00Z a\nworker_messages_total{result="done"} ${HUGE}\n`,
  'odd-times.log': metricLine(Number.MAX_VALUE),
  'odd-figures.log': withRenditions(metricLine('2026-11-02T00:30Z'), { cpuMs: HUGE, bytesOut: -1, name: null }),
  'products.json': offer({ products: 5 }),
  'product.json': offer({ products: { a: null } }),
  'region.json': offer({ products: { a: { attributes: {} } } }),
  'spot.json': json({ spot_advisor: { 'us-east-1': { Linux: { 'c7g.large': { s: 'much', r: -7 } } } } }),
};

/** What each command is given, its exit status, and what standard error says. `{}` stands for the folder of the files. */
const ROWS: [command: keyof typeof COMMANDS, args: string[], status: 1 | 2, says: RegExp][] = [
  ...['empty', 'broken.json', 'bytes.json', 'folder', 'loop', 'nothing'].map((file): (typeof ROWS)[number] => [
    'cost',
    ['--prices', `{}/${file}`],
    1,
    /could not be read as JSON/,
  ]),
  ...['array.json', 'null.json', 'number.json'].map((file): (typeof ROWS)[number] => [
    'cost',
    ['--prices', `{}/${file}`],
    1,
    /the file must be object/,
  ]),
  ['cost', ['--prices', '{}/huge-price.json'], 1, /An amount of the cost report is Infinity/],
  ['cost', ['--prices', '{}/huge-price.json', '--json'], 1, /An amount of the cost report is Infinity/],
  ['cost', ['--prices', '{}/huge-price.json', '--csv'], 1, /An amount of the cost report is Infinity/],
  ['cost', ['--prices', '{}/negative-price.json'], 1, /must be >= 0/],
  ['cost', ['--prices', '{}/falling-tiers.json'], 1, /the tiers of nat\.hour must begin from 0/],
  ['cost', ['--prices', '{}/names.json'], 1, /toString/],
  ...['broken.json', 'folder', 'folder.json', 'loop', 'nothing', 'nothing.json', 'throws.ts'].map(
    (file): (typeof ROWS)[number] => ['cost', ['--workload', `{}/${file}`], 1, /^The workload .* cannot be read: /],
  ),
  ...['array.json', 'null.json', 'number.json'].map((file): (typeof ROWS)[number] => [
    'cost',
    ['--workload', `{}/${file}`],
    1,
    /has no workload/,
  ]),
  ['cost', ['--workload', '{}/two.ts'], 1, /exports 2 objects, none of them as its default: export the workload/],
  ['cost', ['--workload', '{}/huge-workload.json'], 1, /imagesPerDay must be/],
  ['cost', ['--workload', '{}/null-sizes.json'], 1, /sizes must be/],
  ['cost', ['--workload', '{}/name-of-lines.json'], 1, /name must be a text of one line/],
  ...['', '__proto__', 'constructor', ESCAPE].map((name): (typeof ROWS)[number] => [
    'cost',
    [`--workload=${name}`],
    1,
    /^There is no workload "/,
  ]),
  ...['empty', 'array.json', 'stale.prom', 'odd-times.log'].map((file): (typeof ROWS)[number] => [
    'cost',
    ['--from-metrics', `{}/${file}`],
    1,
    new RegExp(`/${file}`),
  ]),
  ...['folder', 'loop', 'nothing'].map((file): (typeof ROWS)[number] => [
    'cost',
    ['--from-metrics', `{}/${file}`],
    1,
    /cannot be read/,
  ]),
  ...['empty', 'folder', 'nothing'].map((file): (typeof ROWS)[number] => [
    'cost',
    ['--stacks', `{}/${file}`],
    1,
    /has no platform-dev/,
  ]),
  ['cost', ['--stacks', '{}/loop'], 1, /The synthesised stacks cannot be read/],
  ['cost', ['--stacks', '{}/broken-stacks'], 1, /could not be read as JSON/],
  ['cost', ['--stacks', '{}/hollow-stacks'], 1, /is no stack of Terraform/],
  ...['', '0', '25', '1.5', '0x2', '1e1', 'NaN', '-1', HUGE].map((month): (typeof ROWS)[number] => [
    'cost',
    [`--month=${month}`],
    2,
    /--month is a whole number/,
  ]),
  ...['', 'x', '1.5', HUGE].map((seed): (typeof ROWS)[number] => [
    'cost',
    ['--spot', `--seed=${seed}`],
    2,
    /--seed is a whole number/,
  ]),
  ['cost', ['--environment='], 2, /Name an environment/],
  ...['../dev', '__proto__', ESCAPE].map((name): (typeof ROWS)[number] => [
    'cost',
    [`--environment=${name}`],
    1,
    /Is there an environment/,
  ]),
  ...['/nonexistent/x.html', '{}/folder', '{}/empty/x', ''].map((file): (typeof ROWS)[number] => [
    'cost',
    [`--output=${file}`],
    1,
    /--output cannot be written/,
  ]),
  ...['', '__proto__', '--output=x', '-x', ESCAPE, 'HEAD~99999', '{}/empty'].map((side): (typeof ROWS)[number] => [
    'cost',
    [`--compare=${side}`, 'small'],
    1,
    /" is no workload, environment/,
  ]),
  ['cost', ['--compare', 'small', '--', '{}/folder'], 1, /has no platform-dev/],
  ['cost', ['--unknown'], 2, /Unknown option/],
  ...['empty', 'broken.json', 'bytes.json', 'folder', 'loop', 'nothing'].map((file): (typeof ROWS)[number] => [
    'prices',
    ['--refresh', `{}/${file}`],
    1,
    /could not be read as JSON/,
  ]),
  ...['array.json', 'null.json', 'number.json', 'products.json', 'product.json'].map((file): (typeof ROWS)[number] => [
    'prices',
    ['--refresh', `{}/${file}`],
    1,
    /is neither an offer file/,
  ]),
  ['prices', ['--refresh', '{}/region.json'], 1, /is for no region/],
  ['prices', ['--refresh', '{}/spot.json'], 1, /figures that are no prices, and nothing was written/],
  ...['', 'x', '2026-13-45', '2026-02-30', '99999-01-01'].map((day): (typeof ROWS)[number] => [
    'prices',
    ['--check', `--today=${day}`],
    2,
    /--today takes a date/,
  ]),
  ['prices', ['--check', '--today', '2030-01-01', '--summary', '{}/folder'], 1, /--summary cannot be written/],
  ['economy', ['dev', 'status', '--stacks', '{}/loop'], 1, /The synthesised stacks cannot be read/],
  ['economy', ['status', '--data', '{}/loop'], 1, /cannot be read/],
  ['economy', ['status', '--data', '{}/empty'], 1, /Nothing runs on/],
  ...['', '__proto__', '../dev', ESCAPE].map((name): (typeof ROWS)[number] => [
    'economy',
    [name],
    2,
    /npm run economy -- prod on/,
  ]),
];

interface Ended {
  status: number;
  stderr: string;
}

const shown = (args: readonly string[]): string => json(args.map((arg) => arg.slice(0, 60)));

describe('npm run cost, prices and economy with arguments that make no sense', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-arguments-'));
  let ended: Ended[];

  before(async function () {
    this.timeout(300_000);
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    for (const name of ['folder', 'folder.json']) mkdirSync(join(folder, name));
    for (const [name, text] of Object.entries({ 'broken-stacks': '{', 'hollow-stacks': '{"resource":null}' })) {
      mkdirSync(join(folder, name, 'platform-dev'), { recursive: true });
      writeFileSync(join(folder, name, 'platform-dev/cdk.tf.json'), text);
    }
    symlinkSync('loop', join(folder, 'loop'));
    writeStacks(join(folder, 'stacks'), 'dev');
    ended = await pMap(ROWS, ([command, args]) => run(command, args), { concurrency: 3 });
  });
  after(() => rmSync(folder, { recursive: true }));

  function run(command: keyof typeof COMMANDS, args: readonly string[]): Promise<Ended> {
    const usual = command === 'cost' ? [`--environment=dev`, '--stacks', join(folder, 'stacks')] : [];
    const given = args.map((arg) => arg.replace('{}', folder));
    return new Promise((resolve) => {
      execFile(process.execPath, [COMMANDS[command], ...usual, ...given], (error, _, stderr) =>
        resolve({ status: Number(error?.code ?? 0), stderr }),
      );
    });
  }

  for (const [index, [command, args, status, says]] of ROWS.entries())
    it(`says what is wrong: ${command} ${shown(args)}`, () => {
      const { status: found, stderr } = ended[index] as Ended;
      expect(stderr).to.match(says);
      expect(found, stderr).to.equal(status);
      // A stack trace is for those who wrote the program.
      expect(stderr).to.not.match(/^ +at /m);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: What moves the cursor is what must not be there.
      expect(stderr).to.not.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    });
});
