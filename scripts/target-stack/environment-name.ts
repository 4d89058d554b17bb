import { WrongUse } from '../command-line.ts';

/** A name becomes part of paths and of names in AWS: `prod/` would be the folder of prod, and would not be called prod. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The one environment that a command line names. `example` is how the command is called. */
export function oneEnvironment(positionals: string[], example: string): string {
  const [environment, ...rest] = positionals;
  if (!environment || rest.length > 0) throw new WrongUse(`Name one environment: ${example}`);
  if (NAME.test(environment)) return environment;
  throw new WrongUse(
    `An environment has a name of lower-case letters, digits and hyphens, not ${JSON.stringify(environment)}: ${example}`,
  );
}
