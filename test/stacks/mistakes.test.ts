import { expect } from 'chai';
import { CHECKS, SETTINGS_CHECKS } from '../../stacks/checks/all-checks.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { BUCKET_MISTAKES } from './mistakes/bucket-mistakes.ts';
import { EDGE_MISTAKES } from './mistakes/edge-mistakes.ts';
import { FLEET_MISTAKES } from './mistakes/fleet-mistakes.ts';
import { IDENTITY_MISTAKES } from './mistakes/identity-mistakes.ts';
import { type Mistake, type STACKS, synth } from './mistakes/mistake.ts';
import { QUEUE_MISTAKES } from './mistakes/queue-mistakes.ts';
import { SERVICE_MISTAKES } from './mistakes/service-mistakes.ts';
import { SETTINGS_MISTAKES } from './mistakes/settings-mistakes.ts';

const MISTAKES: [kind: keyof typeof STACKS, mistakes: Mistake[]][] = [
  ['storage', [...BUCKET_MISTAKES, ...QUEUE_MISTAKES, ...SETTINGS_MISTAKES]],
  ['edge', EDGE_MISTAKES],
  ['fleet', FLEET_MISTAKES],
  ['platform', [...SERVICE_MISTAKES, ...IDENTITY_MISTAKES]],
];
const ALL = MISTAKES.flatMap(([, mistakes]) => mistakes);
const TABLES = [...CHECKS, ...SETTINGS_CHECKS];

describe('mistakes', () => {
  let caught = 0;

  for (const [kind, mistakes] of MISTAKES) {
    describe(`in the ${kind} stack`, () => {
      for (const settings of ENVIRONMENTS) {
        it(`are none in ${settings.name} as it is`, () => {
          expect(synth(kind, [], settings)).to.equal(undefined);
        });
      }

      for (const [name, id, ...changes] of mistakes) {
        it(`include ${name}: ${id}`, () => {
          const line = synth(kind, changes)
            ?.split('\n')
            .find((each) => each.includes(`] ${id}: `));
          expect(line).to.match(new RegExp(`^\\[${kind}-[^\\]]+\\] ${id}: .+ To do: .+\\.$`));
          caught += 1;
        });
      }
    });
  }

  after(() => console.log(`      caught ${caught}/${ALL.length}`));
});

describe('checks', () => {
  it('have ids of their own', () => {
    expect(new Set(TABLES.map(({ id }) => id)).size).to.equal(TABLES.length);
  });

  it('each have a mistake that they catch', () => {
    expect(ALL.map(([, id]) => id)).to.include.members(TABLES.map(({ id }) => id));
  });

  it('say in sentences why, and what to do', () => {
    const unsaid = TABLES.filter(({ reason, remedy }) => !/^["A-Z].*\.$/s.test(reason) || !/^[a-z].*\.$/s.test(remedy));
    expect(unsaid.map(({ id }) => id)).to.deep.equal([]);
  });
});
