import { ENVIRONMENTS } from '../environments/all.ts';
import { readReasons } from './doc-comments.ts';
import { code } from './markdown.ts';

/** What each environment costs, and what its choices buy: the comments beside its values. */
export const choicesSection = (): string =>
  ENVIRONMENTS.map(({ name }) => {
    const { summary, of } = readReasons(`${name}.ts`);
    const reasons = of.map(([path, reason]) => `- ${code(path)}: ${reason}`);
    return [`### ${name}`, summary, ...(reasons.length > 0 ? [reasons.join('\n')] : [])].join('\n\n');
  }).join('\n\n');
