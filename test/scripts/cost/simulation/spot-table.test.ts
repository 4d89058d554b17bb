import { expect } from 'chai';
import type { MessageLoad } from '../../../../scripts/cost/simulation/message-load.ts';
import { simulate } from '../../../../scripts/cost/simulation/simulate.ts';
import type { SimulationSettings } from '../../../../scripts/cost/simulation/simulation-settings.ts';
import { lessonsOf } from '../../../../scripts/cost/simulation/spot-lessons.ts';
import { raisedFor, type SpotRow, type SpotTable, spotTable } from '../../../../scripts/cost/simulation/spot-table.ts';
import { markdownOfSimulation, ruleTextOf, scenarioTextOf } from '../../../../scripts/cost/simulation/spot-text.ts';
import { FIRST_TASK } from '../../../../stacks/compute/backlog-rule.ts';
import { prod } from '../../../../stacks/environments/prod.ts';
import { readPriceBook } from '../../../../stacks/prices/price-book.ts';
import { loadOf, simulatedWorkers } from '../../../support/cost/simulated-workers.ts';

/** As many messages as the workload large has, of uploads and of later renditions. */
const LOAD: MessageLoad = {
  messagesPerSecond: 270,
  kinds: [
    { share: 0.35, vcpuSeconds: 0.66 },
    { share: 0.65, vcpuSeconds: 0.59 },
  ],
};

describe('the table of the simulation', function () {
  // It computes for seconds, and longer beside other work.
  this.timeout(600_000);

  let spot: SpotTable;
  before(() => {
    spot = spotTable({ settings: prod, workload: 'large', load: LOAD, prices: readPriceBook(prod.region), seed: 1 });
  });

  const find = (rows: readonly SpotRow[], scenario: string, variant: string): SpotRow['result'] => {
    const found = rows.filter((row) => row.scenario.startsWith(scenario) && row.variant.includes(variant));
    expect(found, `${scenario}, ${variant}`).to.have.length(1);
    return (found[0] as SpotRow).result;
  };
  const scenario = (title: string, onDemand = 'as set') => find(spot.rows, title, onDemand);
  const rule = (title: string) => find(spot.rules, '', title);

  it('shows that more on demand costs more wherever there is spot capacity', () => {
    for (const title of new Set(spot.rows.map((row) => row.scenario))) {
      if (title.startsWith('all pools')) continue;
      const [none, base, half] = ['none', 'as set', '50 %'].map((onDemand) => scenario(title, onDemand).usd);
      expect(none).to.be.lessThan(base as number);
      expect(base).to.be.lessThan(half as number);
    }
  });

  it('shows that instances on demand go on while all pools are dry', () => {
    const [none, base, half] = ['none', 'as set', '50 %'].map((onDemand) => scenario('all pools', onDemand));
    expect(none?.waits.max).to.be.greaterThan(3000);
    expect(base?.messages.done).to.be.greaterThan(none?.messages.done as number);
    expect(half?.waits.max).to.be.lessThan((base?.waits.max as number) / 3);
  });

  it('shows that all spot is cheaper than the same hours on demand', () => {
    for (const { result, onDemandUsd } of spot.rows) expect(result.usd).to.be.lessThan(onDemandUsd);
  });

  it('shows a target that is ten times as high in the waits', () => {
    expect(rule('ten times').waits.p99).to.be.greaterThan(3 * rule('as it is').waits.p99);
  });

  it('shows a missing cooldown in the waits and in the costs', () => {
    expect(rule('no cooldown').waits.p99).to.be.greaterThan(1.5 * rule('as it is').waits.p99);
    expect(rule('no cooldown').usd).to.be.greaterThan(1.05 * rule('as it is').usd);
  });

  it('shows a backlog that is not divided by the tasks in the costs', () => {
    expect(rule('not divided').usd).to.be.greaterThan(1.01 * rule('as it is').usd);
  });

  it('shows a limit of ten instances that start at once where more are needed', () => {
    const fleet = (maximumScalingStepSize: number) => {
      const settings = simulatedWorkers({ messagesPerSecond: 1000, hours: 1 }, { maxTasks: 300, maxInstances: 300 });
      const managed = { ...settings.fleet.managed, maximumScalingStepSize };
      return simulate({ ...settings, tasksAtStart: 0, fleet: { ...settings.fleet, managed } }).waits.max;
    };
    expect(fleet(10)).to.be.greaterThan(2 * fleet(300));
  });

  it('raises limits only where a workload needs more than they allow', () => {
    expect(raisedFor(loadOf(100), prod.workers)).to.deep.equal({});
    // 220.00… tasks and a tenth are 221, and half as many again 332.
    expect(raisedFor(loadOf(1000), prod.workers)).to.deep.equal({ maxTasks: 332, maxInstances: 332 });
  });

  it('becomes text with a cell for every column', () => {
    for (const { header, rows } of [scenarioTextOf(spot), ruleTextOf(spot)])
      for (const row of rows) expect(row).to.have.length(header.length);
    const markdown = markdownOfSimulation(spot);
    expect(markdown)
      .to.include(`$${scenario('calm').usd.toFixed(2)}`)
      .and.include('seed 1');
    expect(markdown).to.not.match(/NaN|undefined|Infinity/);
  });

  it('teaches in sentences whose figures are those of the rows', () => {
    const text = lessonsOf(spot).join('\n');
    expect(text)
      .to.include(`99 % wait up to ${scenario('calm').waits.p99.toFixed(1)} s`)
      .and.include(`cost $${scenario('interruptions of 5').usd.toFixed(2)}`)
      .and.include(`${scenario('interruptions of 20').interruptions} instances were interrupted`)
      .and.include(`of ${spot.maxTasks} that \`workers.maxTasks\` allows`)
      .and.include('(mistake: the target is ten times as high)');
  });

  it('says nothing of other shares and rules that it has no rows for, or that change nothing', () => {
    const asItIs = spot.rules.slice(0, 1);
    const short = { ...spot, rows: spot.rows.filter(({ variant }) => variant === 'as set'), rules: asItIs };
    const text = lessonsOf(short).join('\n');
    expect(text).to.include('No other scaling rule changes anything').and.not.include('half of the instances');
  });
});

describe('the step that starts the first task', function () {
  this.timeout(600_000);

  const fromZero = (changed: Partial<typeof FIRST_TASK>) => {
    const settings: SimulationSettings = simulatedWorkers({ messagesPerSecond: 100, hours: 1 }, { minTasks: 0 });
    // Numbers of tasks that come so late that a second step finds none, although many run.
    const timing = { ...settings.timing, tasksDelaySeconds: 240 };
    return simulate({
      ...settings,
      timing,
      tasksAtStart: 0,
      scaling: { ...settings.scaling, firstTask: { ...FIRST_TASK, ...changed } },
    });
  };

  it('would stop tasks that are not counted yet if it were ExactCapacity', () => {
    const [right, wrong] = [fromZero({}), fromZero({ adjustmentType: 'ExactCapacity' })];
    expect(wrong.waits.p99).to.be.greaterThan(right.waits.p99 + 1);
  });

  it('starts a fleet for a few messages whose backlog never reaches the target', () => {
    const few = simulatedWorkers({ messagesPerSecond: 0.01, hours: 2 }, { minTasks: 0 });
    const withStep = simulate({ ...few, tasksAtStart: 0 });
    const without = simulate({ ...few, tasksAtStart: 0, scaling: { ...few.scaling, firstTask: undefined } });
    expect(withStep.messages.done).to.be.greaterThan(0);
    expect(without.messages.done).to.equal(0);
  });
});
