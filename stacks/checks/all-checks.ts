import { ACCOUNT_ARGUMENTS } from './account-arguments.ts';
import { AGENT_AGREEMENTS } from './agent-agreements.ts';
import { APPLIED_SETTINGS } from './applied-settings.ts';
import { AUTHORIZATION_CHECKS } from './authorization-checks.ts';
import { BUCKET_ARGUMENTS } from './bucket-arguments.ts';
import { BUCKET_CHECKS } from './bucket-checks.ts';
import { CAPACITY_PROVIDER_CHECKS } from './capacity-provider-checks.ts';
import { CDN_ARGUMENTS } from './cdn-arguments.ts';
import { CDN_CHECKS } from './cdn-checks.ts';
import { CDN_POLICY_ARGUMENTS } from './cdn-policy-arguments.ts';
import { CDN_VIEWER_CHECKS } from './cdn-viewer-checks.ts';
import type { Check, SettingsCheck } from './check.ts';
import { CONNECTION_CHECKS } from './connection-checks.ts';
import { CONTAINER_ARGUMENTS } from './container-arguments.ts';
import { CONTAINER_CHECKS } from './container-checks.ts';
import { COPY_CHECKS } from './copy-checks.ts';
import { COPY_SETTINGS_CHECKS } from './copy-settings-checks.ts';
import { CORS_CHECKS } from './cors-checks.ts';
import { FLEET_ARGUMENTS } from './fleet-arguments.ts';
import { FLEET_CHECKS } from './fleet-checks.ts';
import { IDENTITY_CHECKS } from './identity-checks.ts';
import { INSTANCE_CHECKS } from './instance-checks.ts';
import { KEPT_SETTINGS_CHECKS } from './kept-settings-checks.ts';
import { LAUNCH_TEMPLATE_ARGUMENTS } from './launch-template-arguments.ts';
import { LIFECYCLE_CHECKS } from './lifecycle-checks.ts';
import { LOAD_BALANCER_ARGUMENTS } from './load-balancer-arguments.ts';
import { LOAD_BALANCER_CHECKS } from './load-balancer-checks.ts';
import { LOG_AGREEMENTS } from './log-agreements.ts';
import { NAME_CHECKS } from './name-checks.ts';
import { NETWORK_ARGUMENTS } from './network-arguments.ts';
import { NETWORK_CHECKS } from './network-checks.ts';
import { PLACEHOLDER_CHECKS } from './placeholder-checks.ts';
import { QUEUE_CHECKS } from './queue-checks.ts';
import { RANGE_CHECKS } from './range-checks.ts';
import { REMOVAL_CHECKS } from './removal-checks.ts';
import { ROLLOUT_CHECKS } from './rollout-checks.ts';
import { ROUTE_CHECKS } from './route-checks.ts';
import { SCALING_AGREEMENTS } from './scaling-agreements.ts';
import { SCALING_ARGUMENTS } from './scaling-arguments.ts';
import { SCALING_CHECKS } from './scaling-checks.ts';
import { SECRET_CHECKS } from './secret-checks.ts';
import { SERVICE_ARGUMENTS } from './service-arguments.ts';
import { SERVICE_CHECKS } from './service-checks.ts';
import { SETTINGS_CHECKS as COMBINATION_CHECKS } from './settings-checks.ts';
import { SPOT_CHECKS } from './spot-checks.ts';
import { TABLE_ARGUMENTS } from './table-arguments.ts';
import { TABLE_CHECKS } from './table-checks.ts';
import { TAG_CHECKS } from './tag-checks.ts';
import { TARGET_GROUP_CHECKS } from './target-group-checks.ts';
import { TASK_CHECKS } from './task-checks.ts';
import { TASK_ROLE_CHECKS } from './task-role-checks.ts';
import { TOKEN_CHECKS } from './token-checks.ts';
import { VPC_ENDPOINT_CHECKS } from './vpc-endpoint-checks.ts';
import { WATCHING_CHECKS } from './watching-checks.ts';
import { WEB_ACL_CHECKS } from './web-acl-checks.ts';
import { ZONE_CHECKS, ZONE_SETTINGS_CHECKS } from './zone-checks.ts';

/** Everything that is looked for in a stack. Settings that do not go together have a table of their own. */
export const CHECKS: readonly Check[] = [
  ...FLEET_CHECKS,
  ...SPOT_CHECKS,
  ...INSTANCE_CHECKS,
  ...CAPACITY_PROVIDER_CHECKS,
  ...TASK_CHECKS,
  ...CONTAINER_CHECKS,
  ...SERVICE_CHECKS,
  ...SCALING_CHECKS,
  ...ROLLOUT_CHECKS,
  ...BUCKET_CHECKS,
  ...LIFECYCLE_CHECKS,
  ...QUEUE_CHECKS,
  ...TABLE_CHECKS,
  ...COPY_CHECKS,
  ...CDN_CHECKS,
  ...CDN_VIEWER_CHECKS,
  ...LOAD_BALANCER_CHECKS,
  ...TARGET_GROUP_CHECKS,
  ...NETWORK_CHECKS,
  ...ZONE_CHECKS,
  ...VPC_ENDPOINT_CHECKS,
  ...IDENTITY_CHECKS,
  ...AUTHORIZATION_CHECKS,
  ...WATCHING_CHECKS,
  ...TAG_CHECKS,
  ...TOKEN_CHECKS,
  ...SECRET_CHECKS,
  ...SERVICE_ARGUMENTS,
  ...CONTAINER_ARGUMENTS,
  ...FLEET_ARGUMENTS,
  ...LAUNCH_TEMPLATE_ARGUMENTS,
  ...SCALING_ARGUMENTS,
  ...SCALING_AGREEMENTS,
  ...AGENT_AGREEMENTS,
  ...TASK_ROLE_CHECKS,
  ...LOAD_BALANCER_ARGUMENTS,
  ...WEB_ACL_CHECKS,
  ...CDN_ARGUMENTS,
  ...CDN_POLICY_ARGUMENTS,
  ...NETWORK_ARGUMENTS,
  ...ROUTE_CHECKS,
  ...CONNECTION_CHECKS,
  ...BUCKET_ARGUMENTS,
  ...TABLE_ARGUMENTS,
  ...LOG_AGREEMENTS,
  ...ACCOUNT_ARGUMENTS,
  ...NAME_CHECKS,
  ...APPLIED_SETTINGS,
  ...REMOVAL_CHECKS,
];

/** What is looked for in the settings of an environment, before there is a resource. */
export const SETTINGS_CHECKS: readonly SettingsCheck[] = [
  ...COMBINATION_CHECKS,
  ...PLACEHOLDER_CHECKS,
  ...CORS_CHECKS,
  ...COPY_SETTINGS_CHECKS,
  ...ZONE_SETTINGS_CHECKS,
  ...KEPT_SETTINGS_CHECKS,
  ...RANGE_CHECKS,
];
