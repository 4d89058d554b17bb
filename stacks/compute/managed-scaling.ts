/** The time that boot, agent and image take before an instance counts. ECS's default of 300 s would delay every further scaling step. */
export const WARMUP_SECONDS = 60;

/** How fast a capacity provider adds instances to its group. */
export interface ManagedScaling {
  /** Seconds after a launch in which no further instance is launched. */
  instanceWarmupPeriod: number;
  /** Instances launched at once. */
  minimumScalingStepSize: number;
  maximumScalingStepSize: number;
}

/** The most instances that ECS launches at once (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html, 2026-11-30). */
const LARGEST_STEP = 10_000;

export const managedScalingOf = ({ maxInstances }: { maxInstances: number }): ManagedScaling => ({
  instanceWarmupPeriod: WARMUP_SECONDS,
  minimumScalingStepSize: 1,
  // ECS adds what its waiting tasks need, which is what the scaling of the service has asked for, and the group never grows beyond its maximum. A
  // smaller step saves nothing: it only lets tasks wait minutes longer for a place (npm run cost -- --spot shows how long).
  maximumScalingStepSize: Math.min(LARGEST_STEP, Math.max(1, maxInstances)),
});
