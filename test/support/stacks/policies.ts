type Conditions = Record<string, Record<string, string | string[]>>;

/** A statement of a synthesised policy. */
export interface PolicyStatement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: Conditions;
}

export const listOf = (value: string | string[]): string[] => [value].flat();

/** `*` and `?` as IAM reads them. */
const matches = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(value);

/** Whether a key of a call fulfils an operator of conditions. `undefined` is a call without the key. */
const OPERATORS: Record<string, (value: string | undefined, asked: string[]) => boolean> = {
  StringEquals: (value, asked) => value !== undefined && asked.includes(value),
  StringEqualsIfExists: (value, asked) => value === undefined || asked.includes(value),
  ArnLike: (value, asked) => value !== undefined && asked.some((pattern) => matches(pattern, value)),
  // For a key with at most one value; `undefined` is no value, for which the condition holds.
  'ForAllValues:ArnLike': (value, asked) => value === undefined || asked.some((pattern) => matches(pattern, value)),
  Null: (value, asked) => asked.includes(String(value === undefined)),
  // For a key with one value.
  'ForAnyValue:StringEquals': (value, asked) => value !== undefined && asked.includes(value),
};

function fulfils(conditions: Conditions, context: Record<string, string>): boolean {
  const unknown = Object.keys(conditions).filter((operator) => !(operator in OPERATORS));
  if (unknown.length > 0) throw new Error(`conditions not known here: ${unknown}`);
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => OPERATORS[operator]?.(context[key], listOf(values))),
  );
}

/**
 * Whether a policy allows a call, as IAM decides it: a Deny wins, conditions must hold. Unknown operators throw, so that no test passes
 * because an operator was ignored.
 */
export function allows(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: Record<string, string> = {},
): boolean {
  const applying = statements.filter(
    ({ Action, Resource, Condition = {} }) =>
      listOf(Action).some((pattern) => matches(pattern, action)) &&
      listOf(Resource).some((pattern) => matches(pattern, resource)) &&
      fulfils(Condition, context),
  );
  return applying.some(({ Effect }) => Effect === 'Allow') && applying.every(({ Effect }) => Effect === 'Allow');
}
