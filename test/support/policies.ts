/** A statement of a synthesised policy. */
export interface PolicyStatement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: { StringEquals?: Record<string, string | string[]> };
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

/**
 * Whether a policy allows a call, as IAM decides it: a Deny wins, conditions must hold. Of conditions it knows StringEquals; others throw,
 * so that no test passes because of one that was not looked at.
 */
export function allows(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: Record<string, string> = {},
): boolean {
  const applies = ({ Action, Resource, Condition = {} }: PolicyStatement): boolean => {
    const { StringEquals = {}, ...others } = Condition;
    const fits =
      listOf(Action).some((pattern) => matches(pattern, action)) &&
      listOf(Resource).some((pattern) => matches(pattern, resource));
    if (fits && Object.keys(others).length > 0) throw new Error(`conditions not known here: ${Object.keys(others)}`);
    return fits && Object.entries(StringEquals).every(([key, values]) => listOf(values).includes(context[key] ?? ''));
  };
  const applying = statements.filter(applies);
  return applying.some(({ Effect }) => Effect === 'Allow') && applying.every(({ Effect }) => Effect === 'Allow');
}
