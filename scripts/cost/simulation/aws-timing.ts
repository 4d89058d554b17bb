/**
 * How fast AWS does what the simulation needs of it. Where AWS documents no figure there is an assumption, which says so; every figure can be
 * changed for a run. Looked up on 2026-11-30.
 */
export const AWS_TIMING = {
  /**
   * Seconds from the end of a minute until CloudWatch has its number of messages. SQS sends its metrics every minute
   * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html); the delay is an assumption.
   */
  visibleDelaySeconds: 60,
  /** The same for the number of tasks, of Container Insights. An assumption: it is seen to come later than the number of messages. */
  tasksDelaySeconds: 120,
  /**
   * One-minute values above the target until tasks are added, and below `lowShare` of the target until tasks are removed. AWS publishes neither,
   * but creates its alarms so: https://repost.aws/questions/QUVoLPVCU5QamquwCMrFMOzw/aws-ecs-uses-fargate-service-auto-scaling-which-is-not-working-properly
   */
  highPeriods: 3,
  lowPeriods: 15,
  lowShare: 0.9,
  /**
   * The most tasks that target tracking removes at once, as a share of all. AWS says only that it adds tasks in proportion to the metric and
   * removes them "more gradually" (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html). The
   * 5 % are what it named for Auto Scaling groups (https://aws.amazon.com/blogs/containers/faster-scaling-in-for-amazon-ecs-cluster-auto-scaling/).
   */
  taskRemovalShare: 0.05,
  /** The same for instances, of which a capacity provider removes half at once (the same article), after this many minutes with empty ones. */
  instanceRemovalShare: 0.5,
  instanceLowPeriods: 15,
  /**
   * Seconds from the end of a minute until a capacity provider acts on the tasks that had no room in it
   * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html says that it looks every minute); an assumption.
   */
  providerDelaySeconds: 30,
  /** Instances that a capacity provider starts at once if there is none: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html */
  firstInstances: 2,
  /** Seconds from a launch until the instance has registered with ECS, evenly distributed; an assumption. */
  bootSeconds: { least: 60, most: 120 },
  /** Seconds until a task runs on an instance that has no image yet, and on one that has it; assumptions. */
  firstTaskSeconds: 30,
  taskSeconds: 5,
  /** From the notice until the end: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
  noticeSeconds: 120,
  /** The share of interruptions without notice. The same page says that notices are sent "on a best effort basis"; the share is an assumption. */
  withoutNoticeShare: 0.02,
};

export type AwsTiming = typeof AWS_TIMING;
