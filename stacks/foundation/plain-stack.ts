import { Aspects, type IAspect, type TerraformElement, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct, IConstruct, Node } from 'constructs';

/** Ids of this form can be joined by `_` without ambiguity. */
const PLAIN = /^[A-Za-z0-9-]+$/;

/**
 * A stack whose resources have addresses that a person can read and type, such as `aws_sns_topic.alarms_mails_topic`, without the hash that
 * cdktf appends. A resource with other characters in its path, such as a mail address, keeps the hash, because without it two could collide.
 */
export class PlainStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    Aspects.of(this).add(new MoveAspect());
  }

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes } = 'node' in element ? element.node : element;
    const path = scopes.slice(scopes.indexOf(this) + 1).map(({ node }) => node.id);
    const isPlain = path.length > 1 && path.every((part) => PLAIN.test(part));
    return isPlain ? path.join('_') : super.allocateLogicalId(element);
  }

  /** The id that cdktf gives a resource by default, which it had here until November 2026. */
  hashedIdOf(resource: TerraformResource): string {
    return super.allocateLogicalId(resource);
  }
}

/** Adds `moved` blocks. Without them, older states would have every resource destroyed and created again. */
class MoveAspect implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !(node.cdktfStack instanceof PlainStack)) return;
    const before = node.cdktfStack.hashedIdOf(node);
    if (before !== node.friendlyUniqueId) node.moveFromId(`${node.terraformResourceType}.${before}`);
  }
}
