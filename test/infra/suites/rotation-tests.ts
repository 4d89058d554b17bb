import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { namesOf } from '../../../shared/contracts/names.ts';
import { ORIGIN_SECRET } from '../../../stacks/edge/origin-secret.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import type { AppliedStacks } from '../applied/applied-stacks.ts';
import { aws } from '../aws-cli.ts';
import type { Workspace } from '../terraform.ts';

const RULES = ['files-x', 'original', 'renditions-x'].map(
  (path) => `aws_lb_listener_rule.guarded-rule-v1-images-x-${path}`,
);
const PATTERNS = 'aws_wafv2_regex_pattern_set.origin-secrets';

interface PlannedChange {
  address: string;
  change: { actions: string[]; after_sensitive: unknown };
}

/** Replaces the CDN's secret by the steps in docs/infrastructure.md. */
export function rotationTests(applied: () => AppliedStacks, settings: EnvironmentSettings): void {
  describe("a rotation of the CDN's secret", () => {
    const { secretParameter } = namesOf(deploymentOf(settings));
    const parameter = ['--name', secretParameter(ORIGIN_SECRET)];
    const ask = (service: string, command: string, ...options: string[]) =>
      aws(applied().aws.endpoint, service, command, ...options);
    const after = randomBytes(32).toString('hex');
    let old: string;
    let planned: PlannedChange[];

    /** Writes the parameter, plans, and applies the plan. Returns its changes. */
    async function rotate(value: string): Promise<string[]> {
      await ask('ssm', 'put-parameter', '--overwrite', '--type', 'SecureString', ...parameter, '--value', value);
      const platform = applied().workspaces[`platform-${settings.name}`] as Workspace;
      await platform.preview(applied().aws.endpoint);
      planned = JSON.parse(await platform.run('show', '-json', 'plan')).resource_changes;
      await platform.run('apply', '-input=false', 'plan');
      return planned.filter(({ change }) => change.actions.join() === 'update').map(({ address }) => address);
    }

    /** The secrets by which WAF recognises the CDN. */
    async function patterns(): Promise<string[]> {
      const scope = ['--scope', 'REGIONAL'];
      const { RegexPatternSets: sets } = await ask('wafv2', 'list-regex-pattern-sets', ...scope);
      const which = [...scope, '--name', sets[0].Name, '--id', sets[0].Id];
      const { RegexPatternSet } = await ask('wafv2', 'get-regex-pattern-set', ...which);
      return RegexPatternSet.RegularExpressionList.map(({ RegexString }: { RegexString: string }) => RegexString);
    }

    before(async () => {
      old = (await ask('ssm', 'get-parameter', '--with-decryption', ...parameter)).Parameter.Value;
    });

    it('first lets the load balancer and WAF accept both secrets, and the CDN send the new one', async () => {
      expect(await patterns()).to.deep.equal([`^${old}$`]);
      const changed = await rotate(`${after},${old}`);
      expect(changed).to.have.members([...RULES, PATTERNS, 'aws_cloudfront_distribution.distribution']);
      expect(await patterns()).to.have.members([`^${old}$`, `^${after}$`]);
    });

    it('then removes the old secret, without changes to the CDN', async () => {
      expect(await rotate(after)).to.have.members([...RULES, PATTERNS]);
      expect(await patterns()).to.deep.equal([`^${after}$`]);
    });

    it('hides nothing of a web ACL in the plan', () => {
      const acl = planned.find(({ address }) => address === 'aws_wafv2_web_acl.web-acl');
      expect(JSON.stringify(acl?.change.after_sensitive)).to.be.a('string').and.to.not.include('true');
    });
  });
}
