type Json = unknown;

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All values at a path of names. A list stands for each of its members, as in EventBridge. */
const valuesAt = (event: Json, name: string): Json[] =>
  (Array.isArray(event) ? event : [event])
    .filter(isObject)
    .map((each) => each[name])
    .filter((value) => value !== undefined);

function admits(condition: Json, value: Json): boolean {
  if (!isObject(condition)) return condition === value;
  if (typeof condition.prefix === 'string') return typeof value === 'string' && value.startsWith(condition.prefix);
  if (Array.isArray(condition.numeric) && condition.numeric[0] === '>')
    return typeof value === 'number' && value > Number(condition.numeric[1]);
  throw new Error(`no test knows the condition ${JSON.stringify(condition)}`);
}

/**
 * Whether an event matches a pattern with the operators that rules here use: values, `prefix`, `numeric` and `$or`
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 */
export const matches = (pattern: Record<string, Json>, event: Json): boolean =>
  Object.entries(pattern).every(([name, expected]) => {
    if (name === '$or') return (expected as Record<string, Json>[]).some((each) => matches(each, event));
    const values = valuesAt(event, name);
    if (!Array.isArray(expected)) return values.some((value) => matches(expected as Record<string, Json>, value));
    return values.flat().some((value) => expected.some((condition) => admits(condition, value)));
  });

/** The value at a path such as `$.detail.list[0].name` in an event; undefined where there is none. */
const found = (event: Json, path: string): Json =>
  path
    .replace(/^\$\./, '')
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<Json>((inner, name) => (inner as Record<string, Json> | undefined)?.[name], event);

/** The text that an input transformer makes from an event. */
export function transformed(paths: Record<string, string>, template: string, event: Json): string {
  const text: string = JSON.parse(template);
  return text.replace(/<([A-Za-z0-9]+)>/g, (_, name: string) => {
    const path = paths[name];
    if (!path) throw new Error(`<${name}> has no path`);
    return String(found(event, path) ?? '');
  });
}
