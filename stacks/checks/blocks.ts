/** What a resource gives to Terraform: attributes and nested blocks under Terraform's own names, references resolved to `${…}`. */
export type Values = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nested blocks of a name: CDKTF writes a block that may occur once as an object, others as a list. */
export const blocks = (values: Values | undefined, name: string): Values[] => {
  const value = values?.[name];
  return (Array.isArray(value) ? value : [value]).filter(isObject);
};

/** The first block below a path of names. */
export const block = (values: Values | undefined, ...path: string[]): Values | undefined =>
  path.reduce<Values | undefined>((outer, name) => blocks(outer, name)[0], values);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A figure that is known at synth; undefined for none and for a reference. */
export const figure = (value: unknown): number | undefined => {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
};

/** One string or a list of them, as IAM and Terraform allow. */
export const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string');

/** Whether a value is only known when Terraform runs. */
export const isReference = (value: unknown): boolean => text(value).includes('${');

/** Attributes that Terraform leaves as they are in AWS. */
export const ignored = (values: Values): string[] => {
  const changes = block(values, 'lifecycle')?.ignore_changes;
  return changes === 'all' ? ['all'] : strings(changes);
};

/** Whether Terraform leaves an attribute as it is, by its name or with all others. */
export const ignores = (values: Values, attribute: string): boolean =>
  ignored(values).some((name) => name === 'all' || name === attribute);
