import { join } from 'node:path';
import { expect } from 'chai';
import { CHECKOV_VARIABLE, type CheckovFinding, runCheckov } from '../../scripts/test-infra/checkov.ts';
import { ACCEPTED_FINDINGS, isAt } from '../../stacks/accepted-findings.ts';
import { platform, SETTINGS } from '../support/stacks/platform.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { type Synthesis, synthesise } from './stacks.ts';

interface Json {
  [name: string]: Json;
}

/** Faults in nested blocks, as CDKTF writes them, and the checks that must find them. */
const NESTED: [check: string, type: string, path: string, value: unknown][] = [
  ['CKV_AWS_79', 'aws_launch_template', 'metadata_options.http_tokens', 'optional'],
  ['CKV_AWS_34', 'aws_cloudfront_distribution', 'default_cache_behavior.viewer_protocol_policy', 'allow-all'],
  ['CKV_AWS_65', 'aws_ecs_cluster', 'setting.0.value', 'disabled'],
  ['CKV_AWS_131', 'aws_lb', 'drop_invalid_header_fields', false],
];

/** What settings can make and no environment has yet: economy mode by the budget, and a region whose CDN has its alarms in another. */
const AT_BUDGET = platform({ observability: { ...SETTINGS.observability, economyMode: 'at-budget' } });

function setIn(json: Json, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const inner = names.reduce<Json>((outer, name) => outer[name] ?? {}, json);
  inner[last] = value as Json;
}

describe('checkov', function () {
  this.timeout(300_000);
  let folder: TemporaryFolder;
  let synthesis: Synthesis;
  let findings: CheckovFinding[];
  const { [CHECKOV_VARIABLE]: program } = process.env;

  before(async function () {
    // The command has printed the reason already.
    if (!program) return this.skip();
    folder = await createTemporaryFolder();
    synthesis = await synthesise(folder.path);
    const stacks = [...synthesis.stacks, { id: 'platform-at-budget', configuration: AT_BUDGET }];
    findings = await runCheckov(program, stacks, { folder: join(folder.path, 'scanned') });
    console.log(`      ${findings.length} findings in ${stacks.length} stacks`);
  });
  after(() => folder?.remove());

  it('finds nothing without a reason in stacks/accepted-findings.ts', () => {
    const unexplained = findings.filter(
      ({ check, place }) => !ACCEPTED_FINDINGS.some((each) => each.check === check && isAt(each, place)),
    );
    expect(unexplained.map(({ check, name, place }) => `${check} at ${place}: ${name}`)).to.deep.equal([]);
  });

  it('finds everything that has a reason in stacks/accepted-findings.ts', () => {
    const vain = ACCEPTED_FINDINGS.flatMap(({ check, at, reason }) =>
      at
        .filter(
          (place) => !findings.some((each) => each.check === check && isAt({ check, at: [place], reason }, each.place)),
        )
        .map((place) => `${check} at ${place}`),
    );
    expect(vain).to.deep.equal([]);
  });

  it('finds faults in nested blocks', async () => {
    const prod = synthesis.stacks.find(({ id }) => id === 'platform-prod');
    const broken = structuredClone(prod?.configuration) as unknown as { resource: Record<string, Json> };
    for (const [, type, path, value] of NESTED)
      for (const resource of Object.values(broken.resource[type] ?? {})) setIn(resource, path, value);
    const checks = NESTED.map(([check]) => check);
    const stacks = [{ id: 'platform-prod', configuration: broken }];
    const found = await runCheckov(program ?? '', stacks, { folder: join(folder.path, 'broken'), checks });
    expect(found.map(({ check }) => check)).to.include.members(checks);
  });
});
