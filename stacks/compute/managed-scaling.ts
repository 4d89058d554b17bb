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

export const managedScalingOf = ({ maxInstances }: { maxInstances: number }): ManagedScaling => ({
  instanceWarmupPeriod: WARMUP_SECONDS,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: Math.min(10, maxInstances),
});
