import { AutoscalingGroup, type AutoscalingGroupTag } from '@cdktf/provider-aws/lib/autoscaling-group/index.js';
import { type IAspect, TerraformResource } from 'cdktf';
import type { IConstruct } from 'constructs';
import { APP } from '../../shared/contracts/names.ts';

export type Tags = Record<string, string>;

interface Tagged {
  tags: { Owner: string; CostCenter: string };
  /** The name of the environment; undefined for resources of the account. */
  name?: string;
}

/** The tags by which costs are allocated. They must be activated once in the billing console as cost allocation tags. */
export const tagsOf = ({ tags, name }: Tagged): Tags => ({
  Project: APP,
  Environment: name ?? 'account',
  Owner: tags.Owner,
  CostCenter: tags.CostCenter,
});

/** Every resource of the provider that supports tags has these two properties, and no other resource has them. */
interface Taggable {
  tags?: Tags;
  readonly tagsInput: Tags | undefined;
}

/** While a distribution uses a VPC origin, any change to the origin fails, even of a tag (terraform-provider-aws #40905). */
const UNTAGGED = ['aws_cloudfront_vpc_origin'];

const isTaggable = (node: IConstruct): node is TerraformResource & Taggable =>
  TerraformResource.isTerraformResource(node) && 'tagsInput' in node;

/**
 * Adds tags to every resource that supports them; tags that a resource has itself win. This is needed beside the provider's `default_tags`,
 * because those do not reach auto scaling groups (terraform-provider-aws #19387) and checks cannot see them.
 */
export class TagAspect implements IAspect {
  readonly #tags: Tags;

  constructor(tags: Tags) {
    this.#tags = tags;
  }

  visit(node: IConstruct): void {
    if (node instanceof AutoscalingGroup) this.#tagGroup(node);
    else if (isTaggable(node) && !UNTAGGED.includes(node.terraformResourceType)) {
      node.tags = { ...this.#tags, ...node.tagsInput };
    }
  }

  /** Instances and volumes get their tags from the launch template, which must list them (terraform-provider-aws #32328). */
  #tagGroup(group: AutoscalingGroup): void {
    const own = (group.tagInput ?? []) as AutoscalingGroupTag[];
    const missing = Object.entries(this.#tags).filter(([key]) => own.every((tag) => tag.key !== key));
    group.putTag([...own, ...missing.map(([key, value]) => ({ key, value, propagateAtLaunch: true }))]);
  }
}
