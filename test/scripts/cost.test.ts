import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { small } from '../../scripts/cost/workloads/small.ts';
import { metricLine } from '../support/cost/metric-records.ts';
import { writeStacks } from '../support/cost/written-stacks.ts';

describe('npm run cost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cost-command-'));
  after(() => rmSync(folder, { recursive: true }));

  before(() => writeStacks(folder, 'dev'));

  const cost = (...args: string[]) =>
    spawnSync(process.execPath, ['scripts/cost.ts', '--stacks', folder, ...args], { encoding: 'utf8' });

  it('prints JSON of an environment, with a workload and prices of ones own', () => {
    const [workload, prices, output] = ['mine.json', 'prices.json', 'out.json'].map((name) => join(folder, name));
    writeFileSync(String(workload), JSON.stringify({ ...small, name: 'mine' }));
    writeFileSync(String(prices), JSON.stringify({ prices: { 'nat.hour': 0.04 } }));
    const args = ['--workload', String(workload), '--prices', String(prices), '--json', '--output', String(output)];
    const { status, stderr } = cost('--environment', 'dev', ...args);
    expect(stderr).to.equal('');
    expect(status).to.equal(0);
    const report = JSON.parse(readFileSync(String(output), 'utf8'));
    expect(report).to.include({ environment: 'dev', workload: 'mine', month: 13 });
    const nat = report.lines.find(({ item }: { item: string }) => item === 'NAT gateway: hours');
    // 730 × 0.04.
    expect(nat.usd.typical).to.be.closeTo(29.2, 1e-9);
  });

  it('takes the workload that a module exports, as its default or alone', () => {
    const file = join(folder, 'mine.ts');
    for (const text of ['export default mine;', 'export { mine };', 'export { mine as default };']) {
      writeFileSync(file, `const mine = ${JSON.stringify({ ...small, name: 'mine' })};\n${text}\n`);
      const { stdout, stderr } = cost('--environment', 'dev', '--workload', file);
      expect(stderr).to.equal('');
      expect(stdout).to.match(/^dev with the workload mine, /);
    }
  });

  it('escapes what moves the cursor of a terminal in names, in every format', () => {
    const file = join(folder, 'escape.json');
    writeFileSync(file, JSON.stringify({ ...small, name: '\u001b[2J\u009b1A\u202e' }));
    for (const format of [[], ['--json'], ['--csv'], ['--markdown'], ['--html'], ['--lifecycle']]) {
      const { stdout, stderr } = cost('--environment', 'dev', '--workload', file, ...format);
      expect(stderr).to.equal('');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: These are what must not be there.
      expect(stdout, String(format)).to.not.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('takes the workload from metrics of workers, and says of each field whether it was measured', () => {
    const metrics = join(folder, 'metrics.log');
    const hours = Array.from({ length: 25 }, (_, hour) => Date.parse('2026-11-02T00:30Z') + hour * 3_600_000);
    writeFileSync(metrics, hours.map((at) => metricLine(at)).join('\n'));
    const { status, stdout, stderr } = cost('--environment', 'dev', '--from-metrics', metrics, '--workload', 'small');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^dev with the workload measured, /);
    expect(stderr).to.match(/^imagesPerDay +measured +24: /m);
    expect(stderr).to.match(/^cacheHitRate +assumed +0.6: of the workload small, /m);
  });

  it('says in the report how long was measured if it is less than a day', () => {
    const metrics = join(folder, 'morning.log');
    writeFileSync(
      metrics,
      [0, 1, 2].map((hour) => metricLine(Date.parse('2026-11-02T08:00Z') + hour * 3_600_000)).join('\n'),
    );
    const { stdout } = cost('--environment', 'dev', '--from-metrics', metrics, '--workload', 'small', '--json');
    const { workload, warnings } = JSON.parse(stdout);
    expect(workload).to.equal('measured in 3 hours');
    expect(warnings[0])
      .to.include({ code: 'short-measurement' })
      .with.property('sentence')
      .that.includes('cover 3 hours');
    expect(cost('--environment', 'dev', '--from-metrics', metrics, '--lifecycle').stdout).to.match(
      /^Warning\. The metrics cover 3 hours/,
    );
  });

  it('compares two workloads, line by line with the cause', () => {
    const { stdout, status } = cost('--environment', 'dev', '--compare', 'small', 'medium', '--markdown');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^A typical month costs .* in the first \(dev, small, us-east-1\)/);
    expect(stdout).to.match(
      /\| requests: S3 requests: renditions \| \$[\d.]+ \| \$[\d,]+.* processUpload.* → .*processUpload/,
    );
    // The gateway costs the same whatever passes it.
    expect(stdout).to.not.include('NAT gateway: hours');
  });

  it('compares an environment with a workload of its own', () => {
    const { stdout } = cost('--environment', 'dev', '--compare', 'dev:medium', 'medium', '--json');
    expect(JSON.parse(stdout)).to.deep.include({
      sides: ['dev, medium, us-east-1', 'dev, medium, us-east-1'],
      differences: [],
    });
  });

  it('simulates the workers on spot, by a seed', () => {
    const { status, stdout, stderr } = cost('--environment', 'dev', '--workload', 'small', '--spot', '--seed', '7');
    expect(stderr).to.equal('');
    expect(status).to.equal(0);
    expect(stdout).to.include('with seed 7').and.include('all pools dry for an hour').and.include('What it teaches');
    expect(cost('--environment', 'dev', '--spot', '--seed', '1.5').status).to.equal(2);
    expect(cost('--environment', 'dev', '--spot', '--csv').status).to.equal(2);
  }).timeout(600_000);

  it('refuses what it cannot use, with the exit statuses of its help', () => {
    expect(cost().status).to.equal(2);
    expect(cost('--environment', 'dev', '--month', '25').stderr).to.include('1 to 24');
    expect(cost('--environment', 'dev', '--seed', '7').stderr).to.include('add --spot');
    expect(cost('--environment', 'dev', '--csv', '--json').stderr).to.include('--json and --csv');
    expect(cost('--environment', 'dev', '--workload', 'huge').stderr).to.include('There is no workload "huge"');
    expect(cost('--environment', 'dev', '--from-metrics', folder).stderr).to.include('cannot be read (EISDIR)');
    expect(cost('--environment', 'moon').status).to.equal(1);
    expect(cost('--environment', 'dev', '--compare', 'small').stderr).to.include('takes two sides');
    expect(cost('--environment', 'dev', '--compare', 'small', 'moon').stderr).to.include('"moon" is no workload');
  });
});
