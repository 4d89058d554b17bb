import { AUTHENTICATION_CHECKS } from './access/authentication-checks.ts';
import { ECS_ROLE_CHECKS } from './access/ecs-role-checks.ts';
import { IAM_REFERENCE_CHECKS } from './access/iam-reference-checks.ts';
import { LEAST_PRIVILEGE_CHECKS } from './access/least-privilege-checks.ts';
import { TRUST_CHECKS } from './access/trust-checks.ts';
import { APPLIED_SETTINGS_CHECKS } from './applied-settings-checks.ts';
import type { Check, SettingsCheck } from './check.ts';
import { CAPACITY_PROVIDER_CHECKS } from './compute/capacity-provider-checks.ts';
import { CONTAINER_ARGUMENT_CHECKS } from './compute/container-argument-checks.ts';
import { CONTAINER_CHECKS } from './compute/container-checks.ts';
import { CONTAINER_REPOSITORY_CHECKS } from './compute/container-repository-checks.ts';
import { FLEET_ARGUMENT_CHECKS } from './compute/fleet-argument-checks.ts';
import { FLEET_CHECKS } from './compute/fleet-checks.ts';
import { INSTANCE_CHECKS } from './compute/instance-checks.ts';
import { LAUNCH_TEMPLATE_ARGUMENT_CHECKS } from './compute/launch-template-argument-checks.ts';
import { ROLLOUT_CHECKS } from './compute/rollout-checks.ts';
import { SCALING_ARGUMENT_CHECKS } from './compute/scaling-argument-checks.ts';
import { SCALING_CHECKS } from './compute/scaling-checks.ts';
import { SERVICE_ARGUMENT_CHECKS } from './compute/service-argument-checks.ts';
import { SERVICE_CHECKS } from './compute/service-checks.ts';
import { SPOT_CHECKS } from './compute/spot-checks.ts';
import { TASK_CHECKS } from './compute/task-checks.ts';
import { CDN_ARGUMENT_CHECKS } from './edge/cdn-argument-checks.ts';
import { CDN_CHECKS } from './edge/cdn-checks.ts';
import { CDN_POLICY_ARGUMENT_CHECKS } from './edge/cdn-policy-argument-checks.ts';
import { CDN_VIEWER_CHECKS } from './edge/cdn-viewer-checks.ts';
import { CORS_CHECKS } from './edge/cors-checks.ts';
import { LOAD_BALANCER_ARGUMENT_CHECKS } from './edge/load-balancer-argument-checks.ts';
import { LOAD_BALANCER_CHECKS } from './edge/load-balancer-checks.ts';
import { SECRET_CHECKS } from './edge/secret-checks.ts';
import { TARGET_GROUP_CHECKS } from './edge/target-group-checks.ts';
import { WEB_ACL_CHECKS } from './edge/web-acl-checks.ts';
import { NAME_CHECKS } from './name-checks.ts';
import { CONNECTION_CHECKS } from './network/connection-checks.ts';
import { NETWORK_ARGUMENT_CHECKS } from './network/network-argument-checks.ts';
import { NETWORK_CHECKS } from './network/network-checks.ts';
import { ROUTE_CHECKS } from './network/route-checks.ts';
import { VPC_ENDPOINT_CHECKS } from './network/vpc-endpoint-checks.ts';
import { ZONE_CHECKS, ZONE_SETTINGS_CHECKS } from './network/zone-checks.ts';
import { NON_DISPOSABLE_CHECKS } from './non-disposable-checks.ts';
import { LOG_CHECKS } from './observability/log-checks.ts';
import { OBSERVABILITY_CHECKS } from './observability/observability-checks.ts';
import { PLACEHOLDER_CHECKS } from './placeholder-checks.ts';
import { RANGE_CHECKS } from './range-checks.ts';
import { REMOVAL_CHECKS } from './removal-checks.ts';
import { SETTINGS_CHECKS } from './settings-checks.ts';
import { SETTINGS_VALIDATION } from './settings-validation.ts';
import { BUCKET_ARGUMENT_CHECKS } from './storage/bucket-argument-checks.ts';
import { BUCKET_CHECKS } from './storage/bucket-checks.ts';
import { COPY_CHECKS } from './storage/copy-checks.ts';
import { COPY_SETTINGS_CHECKS } from './storage/copy-settings-checks.ts';
import { LIFECYCLE_ARGUMENT_CHECKS } from './storage/lifecycle-argument-checks.ts';
import { LIFECYCLE_CHECKS } from './storage/lifecycle-checks.ts';
import { QUEUE_ARGUMENT_CHECKS } from './storage/queue-argument-checks.ts';
import { QUEUE_CHECKS } from './storage/queue-checks.ts';
import { TABLE_CHECKS } from './storage/table-checks.ts';
import { TAG_CHECKS } from './tag-checks.ts';
import { TOKEN_CHECKS } from './token-checks.ts';

/** All checks of resources. Checks of settings are in SETTINGS_CHECKS. */
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
  ...LEAST_PRIVILEGE_CHECKS,
  ...TRUST_CHECKS,
  ...IAM_REFERENCE_CHECKS,
  ...OBSERVABILITY_CHECKS,
  ...TAG_CHECKS,
  ...TOKEN_CHECKS,
  ...SECRET_CHECKS,
  ...SERVICE_ARGUMENT_CHECKS,
  ...CONTAINER_ARGUMENT_CHECKS,
  ...FLEET_ARGUMENT_CHECKS,
  ...LAUNCH_TEMPLATE_ARGUMENT_CHECKS,
  ...SCALING_ARGUMENT_CHECKS,
  ...ECS_ROLE_CHECKS,
  ...LOAD_BALANCER_ARGUMENT_CHECKS,
  ...WEB_ACL_CHECKS,
  ...CDN_ARGUMENT_CHECKS,
  ...CDN_POLICY_ARGUMENT_CHECKS,
  ...NETWORK_ARGUMENT_CHECKS,
  ...ROUTE_CHECKS,
  ...CONNECTION_CHECKS,
  ...BUCKET_ARGUMENT_CHECKS,
  ...LIFECYCLE_ARGUMENT_CHECKS,
  ...QUEUE_ARGUMENT_CHECKS,
  ...LOG_CHECKS,
  ...CONTAINER_REPOSITORY_CHECKS,
  ...NAME_CHECKS,
  ...APPLIED_SETTINGS_CHECKS,
  ...REMOVAL_CHECKS,
];

/** All checks of an environment's settings, which need no resources. */
export const ALL_SETTINGS_CHECKS: readonly SettingsCheck[] = [
  ...SETTINGS_VALIDATION,
  ...SETTINGS_CHECKS,
  ...PLACEHOLDER_CHECKS,
  ...CORS_CHECKS,
  ...COPY_SETTINGS_CHECKS,
  ...ZONE_SETTINGS_CHECKS,
  ...NON_DISPOSABLE_CHECKS,
  ...AUTHENTICATION_CHECKS,
  ...RANGE_CHECKS,
];
