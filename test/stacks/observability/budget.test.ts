import { expect } from 'chai';
import { all, only } from '../../support/stacks/entrance.ts';
import { DEPLOYMENT, NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';

const withEmails = (...alarmEmails: string[]) =>
  platform({ observability: { ...SETTINGS.observability, monthlyBudget: 150.5, alarmEmails } });

const synthesised = withEmails('a@example.com', 'b@example.com');
const withoutEmails = withEmails();

describe('the budget', () => {
  const budget = only(synthesised, 'budgets_budget');

  it('is the amount of the settings', () => {
    expect(budget).to.include({ budget_type: 'COST', limit_amount: '150.5' });
    expect(budget.name).to.match(/^image-service-test-/);
  });

  it('counts only resources with the tag of the environment', () => {
    expect(budget.cost_filter).to.deep.equal([
      { name: 'TagKeyValue', values: [`user:Environment$${DEPLOYMENT.environment}`] },
    ]);
    expect(budget.tags.Environment).to.equal(DEPLOYMENT.environment);
  });

  it('notifies every address at 80 %, when exceeding it is forecast, and when it is spent', () => {
    const notifications = budget.notification.map(({ notification_type, threshold }: Record<string, unknown>) => [
      notification_type,
      threshold,
    ]);
    expect(notifications).to.deep.equal([
      ['ACTUAL', 80],
      ['FORECASTED', 100],
      ['ACTUAL', 100],
    ]);
    for (const { subscriber_email_addresses } of budget.notification) {
      expect(subscriber_email_addresses).to.deep.equal(['a@example.com', 'b@example.com']);
    }
  });

  it('has no notifications without addresses, because AWS refuses these', () => {
    expect(only(withoutEmails, 'budgets_budget')).to.not.have.property('notification');
  });

  it('refuses more than ten addresses at synth', () => {
    const many = Array.from({ length: 11 }, (_, index) => `${index}@example.com`);
    expect(() => withEmails(...many)).to.throw(/alarmEmails has 11/);
  });
});

describe('the anomaly monitor', () => {
  const monitor = only(synthesised, 'ce_anomaly_monitor');

  it('selects the environment by its tag, because an account has only one monitor of the other kind', () => {
    expect(monitor).to.include({ name: NAMES.prefix, monitor_type: 'CUSTOM' });
    const specification = JSON.parse(monitor.monitor_specification);
    expect(specification.Tags).to.deep.equal({
      Key: 'Environment',
      MatchOptions: null,
      Values: [DEPLOYMENT.environment],
    });
    expect(Object.keys(specification)).to.have.members(['And', 'CostCategories', 'Dimensions', 'Not', 'Or', 'Tags']);
  });

  it('notifies every address once a day of anomalies above a tenth of the budget', () => {
    const subscription = only(synthesised, 'ce_anomaly_subscription');
    expect(subscription.frequency).to.equal('DAILY');
    expect(subscription.subscriber).to.deep.equal([
      { type: 'EMAIL', address: 'a@example.com' },
      { type: 'EMAIL', address: 'b@example.com' },
    ]);
    expect(subscription.threshold_expression.dimension).to.deep.equal({
      key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
      match_options: ['GREATER_THAN_OR_EQUAL'],
      values: ['15'],
    });
    expect(all(withoutEmails, 'ce_anomaly_subscription')).to.deep.equal([]);
  });
});
