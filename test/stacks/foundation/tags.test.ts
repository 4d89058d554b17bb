import provider from '@cdktf/provider-aws';
import { expect } from 'chai';
import { RESOURCES } from '../../../scripts/cost/model/resources.ts';
import { type Tags, tagsOf } from '../../../stacks/foundation/tags.ts';
import { type Changes, SETTINGS, synthesised } from '../../support/cost/synthesised.ts';
import { ACCOUNT, bootstrap } from '../../support/stacks/bootstrap.ts';
import { COPIES } from '../../support/stacks/copies.ts';
import type { Arguments } from '../../support/stacks/entrance.ts';
import { SETTINGS as ELSEWHERE, platform } from '../../support/stacks/platform.ts';

interface Construct {
  tfResourceType?: string;
  prototype: object;
}

type Resources = Record<string, Record<string, Arguments>>;

/** Settings that make the resources which no environment has yet. */
const EVERYTHING: Changes = {
  cdn: { vpcOrigin: true, signedUrlKeys: ['-----BEGIN PUBLIC KEY-----'] },
  observability: { economyMode: 'at-budget' },
  network: { egress: 'interface-endpoints', isolatedWorkers: true },
  storage: COPIES,
};

const environments = (['dev', 'staging', 'prod'] as const).map((name) => ({ name, changes: {} as Changes }));
const STACKS: [name: string, tags: Tags, resources: Resources][] = [
  ...[...environments, { name: 'prod' as const, changes: EVERYTHING }].flatMap(({ name, changes }) => {
    const tags = tagsOf(SETTINGS[name]);
    const { platform, storage } = synthesised(name, changes);
    const what = changes === EVERYTHING ? `${name} with all that settings can make` : name;
    return [
      [`the platform of ${what}`, tags, platform.resource as Resources],
      [`the storage of ${what}`, tags, storage.resource as Resources],
    ] as [string, Tags, Resources][];
  }),
  ['a platform with its edge in another region', tagsOf(ELSEWHERE), platform().resource],
  ['the account', tagsOf(ACCOUNT), bootstrap().resource],
];

/** The provider's constructs, which are generated from its schema: those of resources with tags have this property, and no others. */
function takesTags(type: string): boolean {
  const name = type.replace('aws_', '').replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const module = (provider as unknown as Record<string, Record<string, Construct>>)[name] ?? {};
  const construct = Object.values(module).find(({ tfResourceType }) => tfResourceType === type);
  if (!construct) throw new Error(`the provider has no construct for ${type}`);
  return 'tagsInput' in construct.prototype;
}

/** Types that take tags and have none, or have them in another argument. */
const TAGGED_OTHERWISE: Record<string, string> = {
  aws_autoscaling_group: 'its tags are in `tag`, with whether instances get them',
  aws_cloudfront_vpc_origin: 'a change of its tags fails while a distribution uses it; it costs nothing',
};

/** Types that cost something and take no tags, and where their costs are in the cost report. */
const WITHOUT_TAGS: Record<string, string> = {
  aws_appautoscaling_policy: 'its two alarms are made by AWS without tags: $0.20 a policy, in the costs of nobody',
  aws_cloudwatch_dashboard: 'AWS bills dashboards by the account',
  aws_cloudwatch_log_metric_filter: 'AWS bills metrics by the account',
  aws_s3_bucket_replication_configuration: 'what it copies is billed for the tagged bucket and its copy',
};

const missingFrom = (given: Tags | undefined, expected: Tags): string[] =>
  Object.entries(expected).flatMap(([key, value]) => (given?.[key] === value ? [] : [key]));

const resourcesOf = (types: Resources): [type: string, name: string, values: Arguments][] =>
  Object.entries(types).flatMap(([type, named]) =>
    Object.entries(named).map(([name, values]): [string, string, Arguments] => [type, name, values]),
  );

/** Every resource of every stack, with the tags that it must have. */
const everywhere = (wanted: string): [at: string, tags: Tags, values: Arguments][] =>
  STACKS.flatMap(([stack, tags, types]) =>
    Object.entries(types[wanted] ?? {}).map(([name, values]): [string, Tags, Arguments] => [
      `${stack}: ${name}`,
      tags,
      values,
    ]),
  );

describe('tags for the cost report', () => {
  for (const [stack, tags, types] of STACKS)
    it(`are on every resource that takes tags in ${stack}`, () => {
      const untagged: string[] = [];
      for (const [type, name, values] of resourcesOf(types)) {
        if (type in TAGGED_OTHERWISE || !takesTags(type)) continue;
        const missing = missingFrom(values.tags, tags);
        if (missing.length > 0) untagged.push(`${type}.${name} lacks ${missing.join(', ')}`);
      }
      expect(untagged).to.deep.equal([]);
    });

  it('are missing, with a reason, only on what takes none, among all types that cost something', () => {
    const types = new Set(STACKS.flatMap(([, , resources]) => Object.keys(resources)));
    const found: string[] = [];
    for (const type of types) if (typeof RESOURCES[type] === 'function' && !takesTags(type)) found.push(type);
    expect(found).to.have.members(Object.keys(WITHOUT_TAGS));
    expect([...types]).to.include.members(Object.keys(TAGGED_OTHERWISE));
  });

  it('are looked for in every type of resource that the cost model knows', () => {
    const types = new Set(STACKS.flatMap(([, , resources]) => Object.keys(resources)));
    expect(Object.keys(RESOURCES).filter((type) => !types.has(type))).to.deep.equal([]);
  });

  it('reach instances, their volumes and their interfaces, by the group and by the launch template', () => {
    const groups = everywhere('aws_autoscaling_group');
    const templates = everywhere('aws_launch_template');
    expect(groups).to.have.length.above(0);
    expect(templates).to.have.length(groups.length);
    for (const [at, tags, { tag }] of groups) {
      const propagated = (tag as Arguments[]).filter(({ propagate_at_launch }) => propagate_at_launch);
      const given = Object.fromEntries(propagated.map(({ key, value }) => [key, value]));
      expect(missingFrom(given, tags), at).to.deep.equal([]);
    }
    for (const [at, tags, { tag_specifications }] of templates)
      for (const kind of ['instance', 'volume', 'network-interface']) {
        const given = tag_specifications.find(({ resource_type }: Arguments) => resource_type === kind);
        expect(missingFrom(given?.tags, tags), `${kind} of ${at}`).to.deep.equal([]);
      }
  });

  it('reach the tasks of ECS, which have no volumes of their own', () => {
    const services = everywhere('aws_ecs_service');
    expect(services).to.have.length.above(0);
    for (const [at, , { propagate_tags, enable_ecs_managed_tags, volume_configuration }] of services)
      expect({ propagate_tags, enable_ecs_managed_tags, volume_configuration }, at).to.deep.equal({
        propagate_tags: 'SERVICE',
        enable_ecs_managed_tags: true,
        volume_configuration: undefined,
      });
  });
});
