import { COMMANDS, commandSchemas } from '../../shared/contracts/api/command-schemas.ts';
import type { Operation } from '../../shared/domain/commands.ts';
import { code, codes, table } from './markdown.ts';

type Description = ReturnType<(typeof commandSchemas)[Operation]['describe']>;

interface Rule {
  name: string;
  args?: { limit?: number; options?: { name?: string } };
}

interface Match {
  schema?: Description;
  then?: Description;
  otherwise?: Description;
}

const figure = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 6 });

const flagsOf = (schema: Description) =>
  (schema.flags ?? {}) as { only?: boolean; presence?: string; default?: unknown; description?: string };

const rulesOf = (schema: Description): Rule[] => (schema.rules ?? []) as Rule[];

const limitOf = (schema: Description, rule: string): number | undefined =>
  rulesOf(schema).find(({ name }) => name === rule)?.args?.limit;

function range(schema: Description): string {
  const [min, max] = [limitOf(schema, 'min'), limitOf(schema, 'max')];
  if (min !== undefined && max !== undefined) return `${figure(min)} to ${figure(max)}`;
  if (min !== undefined) return `${figure(min)} or more`;
  return max === undefined ? '' : `${figure(max)} at most`;
}

const listed = (parts: string[]): string => parts.filter(Boolean).join(', ');

function text(schema: Description): string {
  if (flagsOf(schema).only) return codes(schema.allow ?? []);
  const patterns = rulesOf(schema).flatMap(({ args }) => args?.options?.name ?? []);
  const longest = limitOf(schema, 'max');
  return listed([...patterns, longest === undefined ? '' : `${figure(longest)} characters at most`]);
}

const matchesOf = (schema: Description): Description[] =>
  ((schema.matches ?? []) as Match[]).flatMap((match) =>
    [match.schema, match.otherwise, match.then].filter((found) => found !== undefined),
  );

/** The values that a parameter takes, in words, from joi's own description of its schema. */
function valuesOf(schema: Description): string {
  switch (schema.type) {
    case 'boolean':
      return `${code(true)} or ${code(false)}`;
    case 'number':
      return listed([
        rulesOf(schema).some(({ name }) => name === 'integer') ? 'whole number' : 'number',
        range(schema),
      ]);
    case 'string':
      return text(schema);
    case 'array':
      return `list of ${limitOf(schema, 'length') ?? 'several'}: ${(schema.items as Description[]).map(valuesOf).join(', ')}`;
    case 'object':
      return `object of ${Object.entries(schema.keys as Record<string, Description>)
        .map(([name, each]) => `${code(name)} (${valuesOf(each)})`)
        .join(' and ')}`;
    case 'alternatives':
      return matchesOf(schema).map(valuesOf).join('; or ');
    default:
      throw new Error(`The documentation has no words for a parameter of the type ${schema.type}.`);
  }
}

function defaultOf(schema: Description): string {
  const { presence, default: value } = flagsOf(schema);
  if (presence === 'required') return '**required**';
  return value === undefined ? '' : code(value);
}

/** A row for each parameter of a command, and below it what its name does not say and the rules between them. */
export function parametersOf(operation: Operation): string {
  const { operation: _named, ...parameters } = commandSchemas[operation].describe().keys as Record<string, Description>;
  const rows = Object.entries(parameters).map(([name, schema]) => [code(name), valuesOf(schema), defaultOf(schema)]);
  if (rows.length === 0) return 'It has no parameters.';
  const meanings = Object.entries(parameters).flatMap(([name, schema]) => {
    const { description } = flagsOf(schema);
    return description ? [`${code(name)}: ${description[0]?.toLowerCase()}${description.slice(1)}`] : [];
  });
  const notes = [...meanings, ...rulesBetween(operation, Object.keys(parameters))].map((note) => `- ${note}`);
  return [table(['parameter', 'value', 'default'], rows), ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n');
}

function rulesBetween(operation: Operation, names: string[]): string[] {
  const { anyOf, needs = {}, excludes = [], check } = COMMANDS[operation];
  const byNeed = Map.groupBy(Object.keys(needs), (name) => list(needs[name] ?? [], 'and'));
  const needed = [...byNeed].map(([others, those]) => {
    return `${list(those, 'and')} ${those.length > 1 ? 'go' : 'goes'} only with ${others}.`;
  });
  return [
    ...(anyOf ? [`${list(anyOf, 'or')} must be given.`] : []),
    ...needed,
    ...excludes.map(([name, others]) => `${code(name)} does not go with ${list(others, 'or')}.`),
    ...(check ? [sentence(check.rule, names)] : []),
  ];
}

const list = (names: readonly string[], word: 'and' | 'or'): string =>
  [names.slice(0, -1).map(code).join(', '), code(names.at(-1))].filter(Boolean).join(` ${word} `);

/** With the names of parameters as code, as everywhere. */
function sentence(rule: string, names: string[]): string {
  const words = rule.replaceAll(new RegExp(`\\b(${names.join('|')})\\b`, 'g'), code('$1'));
  return `${words[0]?.toUpperCase()}${words.slice(1)}.`;
}
