import {
  capacityProviderLines,
  compositeAlarmLines,
  dashboardLines,
  metricAlarmLines,
  metricFilterLines,
  scalingPolicyLines,
  taskDefinitionLines,
} from './alarm-lines.ts';
import { bucketLines } from './bucket-lines.ts';
import { cdnLines } from './cdn-lines.ts';
import type { Billed } from './charge.ts';
import { serviceLines } from './compute/compute-lines.ts';
import { clusterLines } from './container-insights-lines.ts';
import type { Context } from './context.ts';
import { backupPlanLines, replicationLines } from './copy-lines.ts';
import { loadBalancerLines } from './load-balancer-lines.ts';
import { logGroupLines } from './log-lines.ts';
import { addressLines, endpointLines, natLines } from './network-lines.ts';
import { queueLines } from './queue-lines.ts';
import { repositoryLines } from './registry-lines.ts';
import type { Resource } from './resource.ts';
import { tableLines } from './table-lines.ts';
import { webAclLines } from './waf-lines.ts';

/** The lines of a resource, or why there are none. */
type Pricing = ((resource: Resource, context: Context) => Billed[]) | { without: string };

const free = (why: string): Pricing => ({ without: why });

const PART_OF_BUCKET = free('a property of its bucket');
const PERMISSIONS = free('AWS does not charge for permissions');
const NETWORK = free('AWS does not charge for the network itself, only for gateways, addresses and bytes');
const CDN_POLICY = free('a property of the distribution');
const NOTICES = free('a few notices a month, within the allowance of SNS and EventBridge');
/**
 * Every type of resource in the stacks. A test fails if one is missing here, so that nothing is added to the stacks without somebody looking
 * at what it costs.
 */
export const RESOURCES: Readonly<Record<string, Pricing>> = {
  aws_appautoscaling_policy: scalingPolicyLines,
  aws_appautoscaling_target: free('limits of scaling'),
  aws_autoscaling_group: free('its instances are in the lines of the service that runs on them'),
  aws_backup_plan: backupPlanLines,
  aws_backup_selection: free('its backups are in the lines of the backup plan'),
  aws_backup_vault: free('its backups are in the lines of the backup plan'),
  aws_backup_vault_lock_configuration: free('its backups are in the lines of the backup plan'),
  aws_budgets_budget: free('budgets that only notify are free'),
  aws_ce_anomaly_monitor: free('cost anomaly detection is free'),
  aws_ce_anomaly_subscription: free('cost anomaly detection is free'),
  aws_cloudfront_cache_policy: CDN_POLICY,
  aws_cloudfront_distribution: cdnLines,
  aws_cloudfront_function: free('its runs are in the lines of the distribution'),
  aws_cloudfront_key_group: CDN_POLICY,
  aws_cloudfront_origin_request_policy: CDN_POLICY,
  aws_cloudfront_public_key: CDN_POLICY,
  aws_cloudfront_response_headers_policy: CDN_POLICY,
  aws_cloudfront_vpc_origin: free('fetches by VPC origins are free'),
  aws_cloudwatch_composite_alarm: compositeAlarmLines,
  aws_cloudwatch_dashboard: dashboardLines,
  aws_cloudwatch_event_rule: NOTICES,
  aws_cloudwatch_event_target: NOTICES,
  aws_cloudwatch_log_group: logGroupLines,
  aws_cloudwatch_log_metric_filter: metricFilterLines,
  aws_cloudwatch_log_resource_policy: PERMISSIONS,
  aws_cloudwatch_metric_alarm: metricAlarmLines,
  aws_default_security_group: NETWORK,
  aws_dynamodb_table: tableLines,
  aws_ecr_lifecycle_policy: free('a property of its repository'),
  aws_ecr_repository: repositoryLines,
  aws_ecs_capacity_provider: capacityProviderLines,
  aws_ecs_cluster: clusterLines,
  aws_ecs_cluster_capacity_providers: free('a property of the cluster'),
  aws_ecs_service: (resource, context) =>
    context.services
      .filter(({ address }) => address === resource.address)
      .flatMap((facts) => serviceLines(facts, context)),
  aws_ecs_task_definition: taskDefinitionLines,
  aws_eip: addressLines,
  aws_flow_log: free('its records are in the lines of its log group'),
  aws_iam_instance_profile: PERMISSIONS,
  aws_iam_openid_connect_provider: PERMISSIONS,
  aws_iam_policy: PERMISSIONS,
  aws_iam_role: PERMISSIONS,
  aws_iam_role_policy: PERMISSIONS,
  aws_iam_role_policy_attachment: PERMISSIONS,
  aws_internet_gateway: NETWORK,
  aws_launch_template: free('its volumes are in the lines of the service that runs on its instances'),
  aws_lb: loadBalancerLines,
  aws_lb_listener: free('a property of the load balancer'),
  aws_lb_listener_rule: free('rules count in the capacity units of the load balancer'),
  aws_lb_target_group: free('a property of the load balancer'),
  aws_nat_gateway: natLines,
  aws_route: NETWORK,
  aws_route_table: NETWORK,
  aws_route_table_association: NETWORK,
  aws_s3_bucket: bucketLines,
  aws_s3_bucket_cors_configuration: PART_OF_BUCKET,
  aws_s3_bucket_lifecycle_configuration: free('what its rules move and remove is in the lines of the bucket'),
  aws_s3_bucket_logging: free('its lines are in the lines of the log bucket'),
  aws_s3_bucket_ownership_controls: PART_OF_BUCKET,
  aws_s3_bucket_policy: PART_OF_BUCKET,
  aws_s3_bucket_public_access_block: PART_OF_BUCKET,
  aws_s3_bucket_replication_configuration: replicationLines,
  aws_s3_bucket_server_side_encryption_configuration: free('encryption with keys of S3 is free'),
  aws_s3_bucket_versioning: free('versions of what is deleted are in the storage of the bucket'),
  aws_security_group: NETWORK,
  aws_sfn_state_machine: free('it turns economy mode on and off, a few steps a month, of which 4,000 are free'),
  aws_sns_topic: NOTICES,
  aws_sns_topic_policy: NOTICES,
  aws_sns_topic_subscription: NOTICES,
  aws_sqs_queue: queueLines,
  aws_sqs_queue_policy: free('a property of its queue'),
  aws_sqs_queue_redrive_allow_policy: free('a property of its queue'),
  aws_subnet: NETWORK,
  aws_vpc: NETWORK,
  aws_vpc_endpoint: endpointLines,
  aws_vpc_security_group_egress_rule: NETWORK,
  aws_vpc_security_group_ingress_rule: NETWORK,
  aws_wafv2_regex_pattern_set: free('a property of the web ACL'),
  aws_wafv2_web_acl: webAclLines,
  aws_wafv2_web_acl_association: free('a property of the web ACL'),
};

/** The types among some resources for which the table has no row. */
export const unknownTypes = (resources: readonly Resource[]): string[] =>
  [...new Set(resources.map(({ type }) => type))].filter((type) => !(type in RESOURCES)).sort();
