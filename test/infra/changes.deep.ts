import { expect } from 'chai';
import { linesOf, plainTable } from '../../scripts/terminal/plain-table.ts';
import { readOutcomes } from '../../stacks/docs/changes-section.ts';
import { ACCOUNT_ID } from '../../stacks/environments/account.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import type { Base } from './walk/bases.ts';
import { allChanges, type Change } from './walk/changes.ts';
import { outcomesOf, writeOutcomes } from './walk/outcomes.ts';
import { applyChanges, type Effects, planChanges } from './walk/walk.ts';
import { openEnvironment, type WalkedEnvironment } from './walk/walked-environment.ts';

/** The options of `npm run test:infra:deep`. */
const { WALK_PLANS = '3', WALK_WRITE, WALK_SETTINGS = '' } = process.env;

/** Each row has its own emulated AWS, since the rows are walked side by side. In a row, names keep an environment and an account apart. */
const WALKED: Base[][] = [['prod'], ['dev', 'account']];

/**
 * Whether a change is known to have effects, from its last outcome or its declaration, so that it is not planned together with others in
 * vain.
 */
function isKnown({ setting, title, todo }: Change): boolean {
  const outcome = readOutcomes().find((each) => each.setting === setting);
  const [last] = (outcome?.changes ?? []).filter(({ change }) => change === title);
  return last ? last.effects.length > 0 : todo !== undefined;
}

/** Prints each step, because a walk takes minutes. */
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

describe('every change of a setting', function () {
  this.timeout(3_600_000);
  const changes = allChanges().filter(({ setting }) => new RegExp(WALK_SETTINGS).test(setting));
  const effects: Effects = new Map();
  const leftOver: string[] = [];
  let isThrough = false;

  async function walk(base: Base, { endpoint }: EmulatedAws): Promise<void> {
    const own = changes.filter(({ from }) => from === base);
    if (own.length === 0) return;
    let environment: WalkedEnvironment | undefined;
    try {
      environment = await openEnvironment(base, endpoint);
      const planned = await planChanges(environment, own, { plans: Number(WALK_PLANS), isKnown, tell });
      for (const [change, found] of planned) effects.set(change, found);
      leftOver.push(...(await applyChanges(environment, planned, { endpoint, tell })));
    } finally {
      await environment?.remove();
    }
  }

  before(async () => {
    const walks = WALKED.map(async (bases) => {
      const aws = await startEmulatedAws(ACCOUNT_ID);
      try {
        for (const base of bases) await walk(base, aws);
      } finally {
        await aws.stop();
      }
    });
    // Waits for all walks, so that none goes on while its emulator stops.
    await Promise.allSettled(walks);
    await Promise.all(walks);
    isThrough = true;
  });

  after(() => {
    const table = plainTable(['setting', 'change', 'what becomes of it']);
    for (const [{ setting, title }, found] of effects) table.push([setting, title, found.join(', ') || 'in place']);
    process.stdout.write(`\n${linesOf(table)}\n`);
    if (WALK_WRITE && isThrough) writeOutcomes(outcomesOf(effects));
  });

  it('was planned', () => {
    expect([...effects.keys()]).to.have.members(changes);
  });

  it('is applied and reverted, and leaves nothing to change', () => {
    expect(leftOver).to.deep.equal([]);
  });

  it('has an instruction where something is ended, replaced or refused', () => {
    const silent = [...effects].filter(([{ todo }, found]) => found.length > 0 && !todo);
    expect(silent.map(([{ setting, title }, found]) => `${setting} (${title}): ${found.join(', ')}`)).to.deep.equal([]);
  });

  it('has the effects that the guide says', function () {
    if (WALK_WRITE || WALK_SETTINGS) this.skip();
    expect(outcomesOf(effects), 'npm run test:infra:deep -- --write').to.deep.equal(readOutcomes());
  });
});
