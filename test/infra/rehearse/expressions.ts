import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/** What expressions of a workflow may refer to: `inputs`, `steps`, `secrets`, … */
export type Contexts = Record<string, Value>;

/** What an expression is evaluated with. */
export interface Scope {
  contexts: Contexts;
  /** Whether an earlier step of the job, or a job that this one needs, has failed. */
  isFailed: boolean;
  /** The folder in which hashFiles looks. */
  workspace: string;
}

/** The functions that ask how a job goes. */
const STATUS: Record<string, (isFailed: boolean) => boolean> = {
  always: () => true,
  cancelled: () => false,
  failure: (isFailed) => isFailed,
  success: (isFailed) => !isFailed,
};

/** GitHub takes an unknown name for an empty string. Here it is an error, since the name is misspelt or this rehearsal lacks the value. */
class Known extends data.Dictionary {
  override get(key: string): data.ExpressionData {
    const found = super.get(key);
    if (!found) throw new Error(`there is no ${key} among ${this.pairs().map((pair) => pair.key)}`);
    return found;
  }
}

/** Outputs and variables that a step has not set are empty, as at GitHub. */
const OPEN = ['env', 'outputs'];

function toData(value: Value, name: string): data.ExpressionData {
  if (typeof value !== 'object' || value === null) return JSON.parse(JSON.stringify(value), data.reviver);
  if (Array.isArray(value)) return new data.Array(...value.map((each) => toData(each, '')));
  const pairs = Object.entries(value).map(([key, inner]) => ({ key, value: toData(inner, key) }));
  return OPEN.includes(name) ? new data.Dictionary(...pairs) : new Known(...pairs);
}

/** Of hashFiles only the form with one file is known here. It is empty where there is no such file. */
function hashFiles(workspace: string, file: string): string {
  if (/[*?[]/.test(file)) throw new Error(`hashFiles('${file}'): patterns are not known here`);
  const path = join(workspace, file);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
}

const functionsOf = ({ isFailed, workspace }: Scope) => [
  ...Object.entries(STATUS).map(([name, call]) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(call(isFailed)),
  })),
  {
    ...{ name: 'hashfiles', minArgs: 1, maxArgs: 1 },
    call: (file?: data.ExpressionData) => new data.StringData(hashFiles(workspace, file?.coerceString() ?? '')),
  },
];

function evaluate(expression: string, scope: Scope): data.ExpressionData {
  const functions = functionsOf(scope);
  const known = toData(scope.contexts, '') as data.Dictionary;
  try {
    const { tokens } = new Lexer(expression).lex();
    const parsed = new Parser(tokens, Object.keys(scope.contexts), functions).parse();
    return new Evaluator(parsed, known, new Map(functions.map((each) => [each.name, each]))).evaluate();
  } catch (error) {
    throw new Error(`\${{ ${expression} }}: ${(error as Error).message}`);
  }
}

/** A text with the values of its expressions. */
export const interpolate = (text: string, scope: Scope): string =>
  text.replace(/\$\{\{\s*(.*?)\s*\}\}/gs, (_, expression) => evaluate(expression, scope).coerceString());

/** Whether a step or job runs. Without a function that asks for the status, only if nothing has failed. */
export function isTrue(condition: string | boolean | undefined, scope: Scope): boolean {
  const expression = String(condition ?? 'success()').replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1');
  const asksForStatus = Object.keys(STATUS).some((name) => expression.includes(`${name}()`));
  if (scope.isFailed && !asksForStatus) return false;
  const value = evaluate(expression, scope);
  // Text is true unless it is empty.
  return value.kind === data.Kind.String ? value.coerceString() !== '' : Boolean(value.number());
}
