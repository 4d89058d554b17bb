import { expect } from 'chai';
import { managedScalingOf } from '../../../stacks/compute/managed-scaling.ts';

describe('the managed scaling of a fleet', () => {
  it('may start all instances of the fleet at once, up to what ECS accepts', () => {
    const steps = [0, 1, 40, 10_000, 50_000].map(
      (maxInstances) => managedScalingOf({ maxInstances }).maximumScalingStepSize,
    );
    expect(steps).to.deep.equal([1, 1, 40, 10_000, 10_000]);
  });
});
