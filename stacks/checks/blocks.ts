/** A resource as Terraform gets it: attributes and nested blocks under Terraform's names, with references as `${…}`. */
export type Values = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The nested blocks of a name. CDKTF writes a block that may occur only once as an object, and others as a list. */
export const blocks = (values: Values | undefined, name: string): Values[] => {
  const value = values?.[name];
  return (Array.isArray(value) ? value : [value]).filter(isObject);
};

/** The first block below a path of names. */
export const block = (values: Values | undefined, ...path: string[]): Values | undefined =>
  path.reduce<Values | undefined>((outer, name) => blocks(outer, name)[0], values);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The value as a number; undefined if it is none, or a reference. */
export const toNumber = (value: unknown): number | undefined => {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
};

/** One string or a list of them, as IAM and Terraform allow. */
export const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string');

/** Whether a value is known only when Terraform runs. */
export const isReference = (value: unknown): boolean => text(value).includes('${');

/** The attributes in `ignore_changes`, which Terraform leaves as they are in AWS. */
export const ignored = (values: Values): string[] => {
  const changes = block(values, 'lifecycle')?.ignore_changes;
  return changes === 'all' ? ['all'] : strings(changes);
};

/** Whether Terraform ignores changes of an attribute, by its name or by `all`. */
export const ignores = (values: Values, attribute: string): boolean =>
  ignored(values).some((name) => name === 'all' || name === attribute);
