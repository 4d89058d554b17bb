import type { Plan, ResourceChange } from '../../../scripts/deploy/plan.ts';

type MadeUp = Partial<ResourceChange['change']> & Partial<Pick<ResourceChange, 'action_reason' | 'previous_address'>>;

/** A change of a resource, as terraform show -json describes it. */
export function changeOf(address: string, actions: string, of: MadeUp = {}): ResourceChange {
  const { action_reason, previous_address, ...rest } = of;
  return {
    address,
    mode: address.startsWith('data.') ? 'data' : 'managed',
    type: address.replace(/^data\./, '').split('.')[0] ?? '',
    ...(action_reason && { action_reason }),
    ...(previous_address && { previous_address }),
    change: { actions: actions.split(' ') as ResourceChange['change']['actions'], before: {}, after: {}, ...rest },
  };
}

export const planOf = (...resource_changes: ResourceChange[]): Plan => ({ format_version: '1.2', resource_changes });
