import { TerraformResource } from 'cdktf';
import { expect } from 'chai';
import { type Synthesis, synthesise } from '../../stacks/docs/synthesis.ts';

/** The hash that cdktf appends to names of nested resources. */
const HASH = /_[0-9A-F]{8}$/;

describe('addresses of resources', function () {
  this.timeout(60_000);
  let synthesis: Synthesis;
  before(() => {
    synthesis = synthesise();
  });

  const addressesOf = (stack: string): string[] =>
    Object.entries(synthesis.stacks[stack]?.resource ?? {}).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );

  it('have no hash, except for mail addresses, which could collide without one', () => {
    const hashed = Object.keys(synthesis.stacks).flatMap((stack) =>
      addressesOf(stack).filter((each) => HASH.test(each)),
    );
    expect(hashed).to.not.be.empty;
    for (const address of hashed) expect(address).to.match(/^aws_sns_topic_subscription\.[a-z_-]+_mails?_/);
  });

  it('are unique', () => {
    const resources = synthesis.app.node.findAll().filter((each) => TerraformResource.isTerraformResource(each));
    expect(Object.keys(synthesis.stacks).flatMap(addressesOf)).to.have.length(resources.length);
  });

  it('are declared as moved from those with a hash, so that no state loses a resource', () => {
    for (const [stack, configuration] of Object.entries(synthesis.stacks)) {
      const { moved = [] } = configuration as { moved?: { from: string; to: string }[] };
      const nested = addressesOf(stack).filter((address) => moved.some(({ to }) => to === address));
      expect(moved.map(({ to }) => to)).to.have.members(nested);
      for (const { from, to } of moved) {
        expect(from).to.match(HASH);
        expect(from.split('.')[0]).to.equal(to.split('.')[0]);
      }
    }
    const { moved = [] } = synthesis.stacks['platform-dev'] as { moved?: object[] };
    expect(moved).to.deep.include({
      from: 'aws_ecs_service.worker_service_E1A32E33',
      to: 'aws_ecs_service.worker_service',
    });
  });
});
