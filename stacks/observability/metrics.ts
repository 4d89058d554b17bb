/**
 * The metrics of AWS that are used here, each with the sets of dimensions that AWS emits it with. An alarm on another name or set would be valid
 * and never go off.
 */
export const EMITTED_METRICS = {
  'AWS/ApplicationELB': {
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html',
    metrics: {
      RequestCount: [['LoadBalancer'], ['LoadBalancer', 'TargetGroup']],
      HTTPCode_ELB_5XX_Count: [['LoadBalancer']],
      HTTPCode_Target_5XX_Count: [['LoadBalancer'], ['LoadBalancer', 'TargetGroup']],
      TargetResponseTime: [['LoadBalancer'], ['LoadBalancer', 'TargetGroup']],
      UnHealthyHostCount: [['LoadBalancer', 'TargetGroup']],
      RejectedConnectionCount: [['LoadBalancer']],
      TargetConnectionErrorCount: [['LoadBalancer'], ['LoadBalancer', 'TargetGroup']],
    },
  },
  'AWS/CloudFront': {
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html',
    metrics: {
      Requests: [['DistributionId', 'Region']],
      BytesDownloaded: [['DistributionId', 'Region']],
      '4xxErrorRate': [['DistributionId', 'Region']],
      '5xxErrorRate': [['DistributionId', 'Region']],
    },
  },
  'AWS/ECS': {
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html',
    metrics: {
      CPUUtilization: [['ClusterName', 'ServiceName']],
      MemoryUtilization: [['ClusterName', 'ServiceName']],
    },
  },
  'ECS/ContainerInsights': {
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html',
    metrics: {
      DesiredTaskCount: [['ClusterName', 'ServiceName']],
      RunningTaskCount: [['ClusterName', 'ServiceName']],
    },
  },
  'AWS/ECS/ManagedScaling': {
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html',
    metrics: { CapacityProviderReservation: [['CapacityProviderName', 'ClusterName']] },
  },
  'AWS/AutoScaling': {
    source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html',
    metrics: { GroupInServiceInstances: [['AutoScalingGroupName']], GroupMaxSize: [['AutoScalingGroupName']] },
  },
  'AWS/SQS': {
    source:
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
    metrics: {
      ApproximateAgeOfOldestMessage: [['QueueName']],
      ApproximateNumberOfMessagesVisible: [['QueueName']],
      ApproximateNumberOfMessagesNotVisible: [['QueueName']],
    },
  },
  'AWS/DynamoDB': {
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html',
    metrics: {
      // These two are not emitted for a table as a whole.
      SystemErrors: [['TableName', 'Operation']],
      ThrottledRequests: [['TableName', 'Operation']],
      ConsumedReadCapacityUnits: [['TableName'], ['TableName', 'GlobalSecondaryIndexName']],
      ConsumedWriteCapacityUnits: [['TableName'], ['TableName', 'GlobalSecondaryIndexName']],
    },
  },
  'AWS/SNS': {
    source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html',
    metrics: { NumberOfMessagesPublished: [['TopicName']] },
  },
  'AWS/States': {
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html',
    metrics: { ExecutionsFailed: [['StateMachineArn']] },
  },
  'AWS/S3': {
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html',
    metrics: {
      BucketSizeBytes: [['BucketName', 'StorageType']],
      NumberOfObjects: [['BucketName', 'StorageType']],
      OperationsFailedReplication: [['SourceBucket', 'DestinationBucket', 'RuleId']],
    },
  },
  'AWS/Backup': {
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html',
    metrics: {
      NumberOfBackupJobsAborted: [['BackupVaultName']],
      NumberOfBackupJobsExpired: [['BackupVaultName']],
      NumberOfBackupJobsFailed: [['BackupVaultName']],
      NumberOfCopyJobsFailed: [['BackupVaultName']],
    },
  },
  'AWS/CertificateManager': {
    source: 'https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html',
    metrics: { DaysToExpiry: [['CertificateArn']] },
  },
  'AWS/Events': {
    source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html',
    metrics: { MatchedEvents: [['RuleName']] },
  },
} as const satisfies Record<string, { source: string; metrics: Record<string, readonly (readonly string[])[]> }>;

type Emitted = typeof EMITTED_METRICS;

type Dimensions<Sets> = Sets extends readonly (infer Set)[]
  ? Set extends readonly string[]
    ? { [Name in Set[number]]: string }
    : never
  : never;

export interface Metric {
  namespace: string;
  metricName: string;
  /** Our own metrics have none. */
  dimensions?: Record<string, string>;
}

/** A metric of AWS; one that is not in the table does not compile. */
export const metric = <N extends keyof Emitted, M extends keyof Emitted[N]['metrics'] & string>(
  namespace: N,
  metricName: M,
  dimensions: Dimensions<Emitted[N]['metrics'][M]>,
): Metric => ({ namespace, metricName, dimensions });
