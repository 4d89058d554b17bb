import { blocks, strings, type Values } from '../blocks.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { parseJson } from '../json-text.ts';

export interface Condition {
  /** `StringEquals`, `ForAllValues:StringLike`, … */
  operator: string;
  key: string;
  values: string[];
}

/** A statement of an IAM policy, however it was written. */
export interface Statement {
  allows: boolean;
  actions: string[];
  resources: string[];
  principals: { type: string; identifiers: string[] }[];
  conditions: Condition[];
}

/** The values of an element. `NotAction` and `NotResource` match nearly everything, so they are read as `*`. */
const positive = (values: Values, name: string): string[] =>
  values[`Not${name}`] === undefined ? strings(values[name]) : ['*'];

const fromJson = (statement: Values): Statement => ({
  allows: statement.Effect !== 'Deny',
  actions: positive(statement, 'Action'),
  resources: positive(statement, 'Resource'),
  principals:
    statement.Principal === '*' || statement.NotPrincipal !== undefined
      ? [{ type: '*', identifiers: ['*'] }]
      : blocks(statement, 'Principal').flatMap((principal) =>
          Object.entries(principal).map(([type, identifiers]) => ({ type, identifiers: strings(identifiers) })),
        ),
  conditions: blocks(statement, 'Condition').flatMap((condition) =>
    Object.keys(condition).flatMap((operator) =>
      blocks(condition, operator).flatMap((keys) =>
        Object.entries(keys).map(([key, values]) => ({ operator, key, values: strings(values) })),
      ),
    ),
  ),
});

const fromBlock = (statement: Values): Statement => ({
  allows: statement.effect !== 'Deny',
  actions: statement.not_actions === undefined ? strings(statement.actions) : ['*'],
  resources: statement.not_resources === undefined ? strings(statement.resources) : ['*'],
  principals: [...blocks(statement, 'principals'), ...blocks(statement, 'not_principals')].map(
    ({ type, identifiers }) => ({ type: String(type), identifiers: strings(identifiers) }),
  ),
  conditions: blocks(statement, 'condition').map(({ test, variable, values }) => ({
    operator: String(test),
    key: String(variable),
    values: strings(values),
  })),
});

/** Reads a policy from JSON, `jsonencode` or a policy document of this stack; undefined if it is not known at synth. */
export function readPolicy(value: unknown, inventory: Inventory): Statement[] | undefined {
  const document = inventory.target(value);
  if (document?.type === 'data.aws_iam_policy_document') return blocks(document.values, 'statement').map(fromBlock);
  const json = parseJson(value);
  return typeof json === 'object' && json !== null ? blocks(json as Values, 'Statement').map(fromJson) : undefined;
}

/** The policies of a resource, each with the argument that holds it. */
export const policiesOf = ({ type, values }: Resource): [argument: string, value: unknown][] =>
  type === 'aws_iam_role'
    ? blocks(values, 'inline_policy').map(({ policy }) => ['inline_policy', policy])
    : [['policy', values.policy]];

/** The statements of all policies of a resource that are known at synth. */
export const statementsOf = (resource: Resource, inventory: Inventory): Statement[] =>
  policiesOf(resource).flatMap(([, policy]) => readPolicy(policy, inventory) ?? []);

/** Whether a policy denies every request without TLS to resources whose ARNs end as given. */
export const deniesPlainHttp = (statements: Statement[] | undefined, ...endings: string[]): boolean =>
  statements?.some(
    ({ allows, actions, conditions, principals, resources }) =>
      !allows &&
      actions.some((action) => /^(\w+:)?\*$/.test(action)) &&
      endings.every((ending) => resources.some((resource) => resource.endsWith(ending))) &&
      principals.some(({ identifiers }) => identifiers.includes('*')) &&
      conditions.some(({ key, values }) => key.toLowerCase() === 'aws:securetransport' && values.includes('false')),
  ) ?? false;

/** Whether a statement of a resource policy allows access to everybody. */
export const isPublic = ({ allows, conditions, principals }: Statement): boolean =>
  allows && conditions.length === 0 && principals.some(({ identifiers }) => identifiers.includes('*'));

/** The statements of a role's inline policies that allow something. */
export const allowStatementsOf = (role: Resource, inventory: Inventory): Statement[] =>
  inventory
    .pointingAt(role, 'aws_iam_role_policy', 'role', 'name', 'id')
    .flatMap(({ values }) => readPolicy(values.policy, inventory) ?? [])
    .filter(({ allows }) => allows);

/** The statements that allow others to assume a role. */
export const trustStatementsOf = ({ values }: Resource, inventory: Inventory): Statement[] =>
  (readPolicy(values.assume_role_policy, inventory) ?? []).filter(({ allows }) => allows);
