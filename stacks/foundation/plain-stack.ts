import { Aspects, type IAspect, type TerraformElement, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct, IConstruct, Node } from 'constructs';

/** What can be joined by `_` so that nothing else is joined to the same. */
const PLAIN = /^[A-Za-z0-9-]+$/;

/**
 * A stack whose resources have addresses that a person can read and type: `aws_sns_topic.alarms_mails_topic`, and not with a hash behind it as
 * cdktf's own. A resource whose place has other characters in it, such as a mail address, keeps the hash, because two could be one without.
 */
export class PlainStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    Aspects.of(this).add(new MoveAspect());
  }

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes } = 'node' in element ? element.node : element;
    const place = scopes.slice(scopes.indexOf(this) + 1).map(({ node }) => node.id);
    const isPlain = place.length > 1 && place.every((part) => PLAIN.test(part));
    return isPlain ? place.join('_') : super.allocateLogicalId(element);
  }

  /** What cdktf would call a resource, and what it was called here until November 2026. */
  hashedIdOf(resource: TerraformResource): string {
    return super.allocateLogicalId(resource);
  }
}

/** Without it a state of before would have every resource destroyed and made again. */
class MoveAspect implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !(node.cdktfStack instanceof PlainStack)) return;
    const before = node.cdktfStack.hashedIdOf(node);
    if (before !== node.friendlyUniqueId) node.moveFromId(`${node.terraformResourceType}.${before}`);
  }
}
