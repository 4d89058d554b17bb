import { code, compactTable } from '../../scripts/docs/markdown.ts';
import { parametersIn } from '../../shared/contracts/names.ts';
import type { Configuration, Values } from './synthesis.ts';

type Stacks = Record<string, Configuration>;

const resourcesOf = ({ resource = {} }: Configuration): { address: string; type: string; values: Values }[] =>
  Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, values]) => ({ address: `${type}.${name}`, type, values })),
  );

/** Every alarm, and every notice that goes to the same addresses, by its name, with what it says. */
export function alarmTable(stacks: Stacks): string {
  const resources = Object.values(stacks).flatMap(resourcesOf);
  const mails = resources.filter(
    ({ type, values }) => type === 'aws_cloudwatch_event_target' && values.input_transformer,
  );
  const alarms = resources.filter(({ type }) => /^aws_cloudwatch_(metric|composite)_alarm$/.test(type));
  const notices = resources.filter(
    ({ address, type }) =>
      type === 'aws_cloudwatch_event_rule' &&
      mails.some(({ values }) => String(values.rule).includes(`\${${address}.`)),
  );
  const rows = [
    ...alarms.map(({ values }) => [code(values.alarm_name), String(values.alarm_description ?? '')]),
    ...notices.map(({ values }) => [code(values.name), String(values.description ?? '')]),
  ];
  return compactTable(['alarm or notice', 'what it tells'], rows);
}

const REFERENCE = /^\$\{([\w-]+)\.([\w-]+)\.(\w+)\}$/;

const known = (value: unknown): string => {
  const [, type, , attribute] = REFERENCE.exec(String(value)) ?? [];
  return type ? `after the apply: ${code(attribute)} of the ${code(type)}` : code(String(value));
};

/** The outputs that Terraform prints after an apply of the stacks, with the values that are known beforehand. */
export const outputTable = (stacks: Stacks): string =>
  compactTable(
    ['stack', 'output', 'value'],
    Object.entries(stacks).flatMap(([stack, { output = {} }]) =>
      Object.entries(output).map(([name, { value }]) => [code(stack), code(name), known(value)]),
    ),
  );

/** The SSM parameters that a stack reads, or its tasks at their start. */
export const parametersOf = (configuration: Configuration): string[] => parametersIn(JSON.stringify(configuration));

/** The parameters that must exist before the first plan of each platform. The policies of a bootstrap name some, but no bootstrap reads one. */
export const parameterTable = (stacks: Stacks): string =>
  compactTable(
    ['before the first plan of', 'there must be'],
    Object.entries(stacks)
      .filter(([stack]) => stack.startsWith('platform-'))
      .map(([stack, configuration]) => [stack, parametersOf(configuration)] as const)
      .filter(([, names]) => names.length > 0)
      .map(([stack, names]) => [code(stack), names.map(code).join('<br>')]),
  );

/** How many resources the first plan of each stack adds. */
export const planTable = (stacks: Stacks): string =>
  compactTable(
    ['first plan of', 'to add'],
    Object.entries(stacks).map(([stack, configuration]) => [code(stack), String(resourcesOf(configuration).length)]),
  );
