import { ownerLimitsSetting } from '../../../shared/contracts/owner-limits.ts';
import { MODERATION_SETTINGS, type ModerationSetting } from '../../../shared/domain/moderation.ts';
import { NO_OWNER_LIMITS, type OwnerLimitValues } from '../../../shared/domain/owner-limits.ts';
import type { Values } from '../../target-stack/synthesised-environment.ts';
import { serviceOf } from './compute/tasks-needed.ts';
import type { Product } from './product.ts';
import type { AwsCall, ItemName, Operation, Times } from './requests-per-operation.ts';
import type { Resource } from './resource.ts';

/** Who may do how much in an environment, as far as it costs requests to the table. */
export interface AccessSettings {
  limits: OwnerLimitValues;
  /** Whether callers must show credentials, of which keys are read from the table. */
  hasKeys: boolean;
  moderation: ModerationSetting;
  /** Whether a webhook is told of each image that waits. */
  hasWebhook: boolean;
}

/** Reads the settings out of the variables of the services; without such a service nothing is limited. */
export function accessOf(resources: readonly Resource[]): AccessSettings {
  const variables: Record<string, string> = Object.fromEntries(
    resources
      .filter(({ type }) => type === 'aws_ecs_task_definition')
      .flatMap(({ values }) => JSON.parse(values.container_definitions) as Values[])
      .flatMap(({ environment = [] }) => environment as { name: string; value: string }[])
      // Workers, which nobody calls, have no authentication.
      .filter(({ name, value }) => name !== 'AUTHENTICATION' || value === 'on')
      .map(({ name, value }) => [name, value]),
  );
  const { OWNER_LIMITS, AUTHENTICATION, MODERATION, MODERATION_WEBHOOK_URL } = variables;
  return {
    limits: OWNER_LIMITS === undefined ? NO_OWNER_LIMITS : ownerLimitsSetting.validate(OWNER_LIMITS).value,
    hasKeys: AUTHENTICATION === 'on',
    moderation: MODERATION_SETTINGS.find((each) => each === MODERATION) ?? 'off',
    hasWebhook: MODERATION_WEBHOOK_URL !== undefined,
  };
}

/** What only those send whose requests count for their address: readers of bytes without credentials. All others count for their owner. */
const OF_STRANGERS: readonly Operation[] = ['readBytes', 'readNotModified', 'findExpiredRendition'];

export const isOfOwner = (operation: Operation): boolean => !OF_STRANGERS.includes(operation);

/** The calls that the limits of an environment add to an operation: none where there are none. */
function callsOfLimits(operation: Operation, { limits }: AccessSettings): readonly AwsCall[] {
  if (serviceOf(operation) === undefined) return [];
  const perRequest = (writes: ItemName, count: number): AwsCall => {
    const times: Times = operation === 'uploadParts' ? { perPart: count } : { once: count };
    return { service: 'dynamodb', api: 'UpdateItem', writes, ...times };
  };
  const limit = isOfOwner(operation) ? limits.requestsPerMinute : limits.requestsPerMinuteAndAddress;
  const isUpload = operation === 'uploadImage' || operation === 'uploadParts';
  return [
    ...(limit === null ? [] : [perRequest('request window', 1)]),
    // An upload is counted among those that are sent at once, and leaves them.
    ...(isUpload && limits.uploadsAtOnce !== null ? [perRequest('uploads at once', 2)] : []),
  ];
}

/**
 * The calls of each operation with those that count it. A request is one write, at most: whoever sends many takes several at a time
 * (shared/services/request-counter.ts). Uploads with upload tokens take two writes more, and are not in the workloads.
 */
export const withLimits = (calls: Product['calls'], access: AccessSettings): Product['calls'] =>
  Object.fromEntries(
    Object.entries(calls).map(([name, each]) => [name, [...each, ...callsOfLimits(name as Operation, access)]]),
  ) as unknown as Product['calls'];
