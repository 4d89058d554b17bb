import { createArnTags } from './arn-tags.ts';
import { json, jsonOf, type OpenSupplement } from './exchange.ts';

interface Notification {
  NotificationType: string;
  ComparisonOperator: string;
  Threshold: number;
  ThresholdType: string;
}

/** What a notification is known by: nothing but what it says. */
const keyOf = (budget: string, notification: Notification): string =>
  [
    budget,
    notification.NotificationType,
    notification.ComparisonOperator,
    notification.Threshold,
    notification.ThresholdType,
  ].join(' ');

/** moto 5.2.1 keeps budgets and their notifications, and knows nothing of tags and of whom a notification tells. */
export const openBudgets: OpenSupplement = (accountId) => {
  const tags = createArnTags('ResourceARN', 'ResourceTags', 'ResourceTagKeys');
  const subscribers = new Map<string, unknown[]>();
  return (request) => {
    const body = jsonOf(request);
    if (request.action === 'CreateBudget')
      tags.put(`arn:aws:budgets::${accountId}:budget/${body.Budget?.BudgetName}`, body.ResourceTags ?? []);
    if (request.action === 'CreateNotification')
      subscribers.set(keyOf(body.BudgetName, body.Notification), body.Subscribers ?? []);
    if (request.action === 'DescribeSubscribersForNotification')
      return json({ Subscribers: subscribers.get(keyOf(body.BudgetName, body.Notification)) ?? [] });
    return tags.answer(request.action, body);
  };
};
