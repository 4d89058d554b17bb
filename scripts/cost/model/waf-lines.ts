import { cdnRequests } from './cdn-lines.ts';
import { always, type Billed, used } from './charge.ts';
import type { Context } from './context.ts';
import { balancedRequests } from './load-balancer-lines.ts';
import type { Resource } from './resource.ts';

/** A web ACL with its rules, and the requests that it looks at. */
export function webAclLines({ address, values }: Resource, context: Context): Billed[] {
  const isEdge = values.scope === 'CLOUDFRONT';
  const place = isEdge ? 'CDN' : 'load balancer';
  const rules = (values.rule ?? []).length;
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    area: 'waf',
    item: `Web ACL of the ${place}: ${item}`,
    resource: address,
    how,
    charges: [charge],
  });
  return [
    line('itself', 'one', { price: 'waf.acl', amount: always(1) }),
    line('rules', 'managed rule groups count as one each', { price: 'waf.rule', amount: always(rules) }),
    line('requests', isEdge ? 'all that clients send to the CDN' : 'all that reach the load balancer', {
      price: 'waf.request',
      amount: used(isEdge ? cdnRequests(context) : balancedRequests(context)),
    }),
  ];
}
