/** A syntax tree of CloudWatch's metric math. */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string }
  | { kind: 'operation'; operator: string; left: Expression; right: Expression }
  | { kind: 'call'; name: string; parameters: Expression[] };

/** Operators by precedence, the lowest first. */
const LEVELS: readonly (readonly string[])[] = [['OR'], ['AND'], ['>=', '<=', '>', '<'], ['+', '-'], ['*', '/']];

const SPELT: Record<string, string> = { '&&': 'AND', '||': 'OR' };

const TOKEN = /\s*(\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z_]\w*|>=|<=|&&|\|\||[-+*/(),<>])/y;

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < expression.trimEnd().length; end = TOKEN.lastIndex) {
    const token = TOKEN.exec(expression)?.[1];
    if (token === undefined) throw new Error(`"${expression}" has something unknown at ${end}`);
    tokens.push(SPELT[token] ?? token);
  }
  return tokens;
}

const parsed = new Map<string, Expression>();

export function parse(expression: string): Expression {
  const known = parsed.get(expression) ?? parseAnew(expression);
  parsed.set(expression, known);
  return known;
}

function parseAnew(expression: string): Expression {
  const tokens = tokensOf(expression);
  const isNext = (token: string): boolean => tokens[0] === token;
  const take = (expected?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (expected && token !== expected))
      throw new Error(`"${expression}" has ${token ?? 'its end'} where ${expected ?? 'more'} is expected`);
    return token;
  };
  const level = (depth: number): Expression => {
    const operators = LEVELS[depth];
    if (!operators) return primary();
    let left = level(depth + 1);
    while (operators.includes(tokens[0] ?? '')) {
      const operator = take();
      left = { kind: 'operation', operator, left, right: level(depth + 1) };
    }
    return left;
  };
  const primary = (): Expression => {
    const token = take();
    if (token === '(') {
      const inner = level(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`"${expression}" has ${token} where a value is expected`);
    if (!isNext('(')) return { kind: 'name', name: token };
    take('(');
    const parameters = [level(0)];
    while (isNext(',')) {
      take(',');
      parameters.push(level(0));
    }
    take(')');
    return { kind: 'call', name: token, parameters };
  };
  const whole = level(0);
  if (tokens.length > 0) throw new Error(`"${expression}" goes on with ${tokens.join(' ')}`);
  return whole;
}
