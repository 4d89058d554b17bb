import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { small } from '../../scripts/cost/workloads/small.ts';
import { metricLine } from '../support/cost/metric-records.ts';
import { synthesised } from '../support/cost/synthesised.ts';

describe('npm run cost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cost-command-'));
  after(() => rmSync(folder, { recursive: true }));

  before(() => {
    const { platform, storage, accountId, region } = synthesised('dev');
    for (const [name, stack] of Object.entries({ 'platform-dev': platform, 'storage-dev': storage })) {
      mkdirSync(join(folder, name));
      // The tests' app leaves out what only Terraform needs.
      const provider = { aws: [{ region, allowed_account_ids: [accountId] }] };
      writeFileSync(join(folder, name, 'cdk.tf.json'), JSON.stringify({ ...stack, provider }));
    }
  });

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

  it('takes the workload from metrics of workers, and says of each field whether it was measured', () => {
    const metrics = join(folder, 'metrics.log');
    const hours = Array.from({ length: 25 }, (_, hour) => Date.parse('2026-11-02T00:30Z') + hour * 3_600_000);
    writeFileSync(metrics, hours.map((at) => metricLine(at)).join('\n'));
    const { status, stdout, stderr } = cost('--environment', 'dev', '--from-metrics', metrics, '--workload', 'small');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^dev with the workload measured, /);
    expect(stderr).to.match(/^imagesPerDay +measured +24 /m);
    expect(stderr).to.match(/^cacheHitRate +assumed +0.6 +of the workload small, /m);
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
    expect(cost('--environment', 'dev', '--csv', '--json').stderr).to.include('--json and --csv');
    expect(cost('--environment', 'dev', '--workload', 'huge').stderr).to.include('There is no workload huge');
    expect(cost('--environment', 'dev', '--from-metrics', folder).stderr).to.include('cannot be read (EISDIR)');
    expect(cost('--environment', 'moon').status).to.equal(1);
    expect(cost('--environment', 'dev', '--compare', 'small').stderr).to.include('takes two sides');
    expect(cost('--environment', 'dev', '--compare', 'small', 'moon').stderr).to.include('moon is no workload');
  });
});
