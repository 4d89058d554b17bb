/** A definition in the Amazon States Language, with the parts that the one here uses. */
interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

interface State {
  Type: 'Task' | 'Choice' | 'Succeed';
  Resource?: string;
  Parameters?: object;
  ResultPath?: null;
  Choices?: { Variable: string; StringEquals: string; Next: string }[];
  Default?: string;
  Next?: string;
  End?: true;
}

/** A request to AWS that an execution makes. */
interface Call {
  resource: string;
  parameters: Record<string, unknown>;
}

const valueAt = (path: string, input: Record<string, string>): string | undefined =>
  path === '$$.State.EnteredTime' ? '2026-11-30T12:31:14.192Z' : input[path.replace('$.', '')];

/** Fills in the names that end with `.$`, whose values are paths. */
function filled(parameters: object, input: Record<string, string>): Record<string, unknown> {
  const entries = Object.entries(parameters).map(([name, value]) => {
    if (name.endsWith('.$')) return [name.slice(0, -2), valueAt(String(value), input)];
    return [name, typeof value === 'object' ? filled(value, input) : value];
  });
  return Object.fromEntries(entries);
}

/** Runs a state machine whose requests all succeed, and returns them in order. Throws where a state leads nowhere. */
export function execute({ StartAt, States }: Definition, input: Record<string, string>): Call[] {
  const calls: Call[] = [];
  for (let name: string | undefined = StartAt; ; ) {
    const state: State | undefined = States[String(name)];
    if (!state) throw new Error(`there is no state ${name}`);
    if (state.Type === 'Succeed') return calls;
    if (state.Type === 'Task') {
      calls.push({ resource: String(state.Resource), parameters: filled(state.Parameters ?? {}, input) });
      if (state.End) return calls;
      if (state.ResultPath !== null && /Variable|\.\$/.test(JSON.stringify(States[String(state.Next)])))
        throw new Error(`the result of ${name} takes the place of the input that ${state.Next} needs`);
    }
    const chosen: { Next: string } | undefined = state.Choices?.find(
      ({ Variable, StringEquals }) => valueAt(Variable, input) === StringEquals,
    );
    name = [chosen, state].find((each) => each?.Next)?.Next ?? state.Default;
  }
}
