import { createArnTags } from './arn-tags.ts';
import { type AwsAnswer, json, jsonOf, type OpenSupplement, type PassOn } from './exchange.ts';

interface Notification {
  NotificationType: string;
  ComparisonOperator: string;
  Threshold: number;
  ThresholdType: string;
}

/** A notification has no id, so its fields identify it. */
const keyOf = (budget: string, notification: Notification): string =>
  [
    budget,
    notification.NotificationType,
    notification.ComparisonOperator,
    notification.Threshold,
    notification.ThresholdType,
  ].join(' ');

/** moto 5.2.1 keeps budgets and their notifications. It cannot change them, and lacks tags and subscribers. */
export const openBudgets: OpenSupplement = (accountId) => {
  const tags = createArnTags('ResourceARN', 'ResourceTags', 'ResourceTagKeys');
  const subscribers = new Map<string, unknown[]>();
  const changed = new Map<string, object>();

  async function tell(name: string, passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    if (answer.status !== 200) return answer;
    const { Budget } = jsonOf(answer);
    return json({ Budget: { ...Budget, ...changed.get(name) } });
  }

  return (request, passOn) => {
    const body = jsonOf(request);
    if (request.action === 'UpdateBudget') {
      changed.set(body.NewBudget.BudgetName, body.NewBudget);
      return json({});
    }
    if (request.action === 'DescribeBudget') return tell(body.BudgetName, passOn);
    if (request.action === 'DeleteBudget') changed.delete(body.BudgetName);
    if (request.action === 'CreateBudget')
      tags.put(`arn:aws:budgets::${accountId}:budget/${body.Budget?.BudgetName}`, body.ResourceTags ?? []);
    if (request.action === 'CreateNotification')
      subscribers.set(keyOf(body.BudgetName, body.Notification), body.Subscribers ?? []);
    if (request.action === 'DescribeSubscribersForNotification')
      return json({ Subscribers: subscribers.get(keyOf(body.BudgetName, body.Notification)) ?? [] });
    return tags.answer(request.action, body);
  };
};
