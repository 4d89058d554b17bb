import { ENVIRONMENTS } from '../environments/all.ts';
import { alarmsSection } from './alarms-section.ts';
import { architecturePicture } from './architecture-picture.ts';
import { changesSection } from './changes-section.ts';
import { suppressionsSection } from './checks-tables.ts';
import { choicesSection } from './choices-section.ts';
import { findingsSection } from './findings-section.ts';
import { block } from './markdown.ts';
import { parametersSection } from './parameters-section.ts';
import { plansSection } from './plans-section.ts';
import { settingsSection } from './settings-section.ts';
import { outputsSection } from './stack-tables.ts';
import { stacksPicture } from './stacks-picture.ts';
import type { Configuration, Synthesis } from './synthesis.ts';

/** One environment stands for all in pictures and lists: the one with the most in it. */
const SHOWN = 'prod';

const isShown = (stack: string): boolean => stack === 'bootstrap' || stack.endsWith(`-${SHOWN}`);

/** The parts of docs/infrastructure.md that are not written by hand, by their names. */
export function sectionsOf(synthesis: Synthesis): Record<string, string> {
  const { stacks } = synthesis;
  const shown = Object.fromEntries(Object.entries(stacks).filter(([id]) => isShown(id))) as Record<
    string,
    Configuration
  >;
  const settings = ENVIRONMENTS.find(({ name }) => name === SHOWN);
  if (!settings)
    throw new Error(`There is no environment ${SHOWN} to draw: name another in stacks/docs/infrastructure-page.ts`);
  return {
    architecture: block('mermaid', architecturePicture(settings, shown)),
    stacks: block('mermaid', stacksPicture(shown)),
    parameters: parametersSection(stacks),
    plans: plansSection(stacks),
    settings: settingsSection(),
    changes: changesSection(),
    choices: choicesSection(),
    alarms: alarmsSection(shown),
    outputs: outputsSection(shown),
    suppressions: suppressionsSection(synthesis),
    findings: findingsSection(),
  };
}

const SECTION = /<!-- (\w+): written by npm run docs:infra -->\n.*?<!-- end of \1 -->/gs;

/** A page with its sections anew; what stands between them stays. */
export function fill(page: string, sections: Record<string, string>): string {
  const missing = new Set(Object.keys(sections));
  const filled = page.replaceAll(SECTION, (_, name: string) => {
    const section = sections[name];
    if (section === undefined)
      throw new Error(`docs/infrastructure.md asks for a section ${name}, which nobody writes`);
    missing.delete(name);
    return `<!-- ${name}: written by npm run docs:infra -->\n\n${section}\n\n<!-- end of ${name} -->`;
  });
  if (missing.size > 0) throw new Error(`docs/infrastructure.md has no place for ${[...missing].join(', ')}`);
  return filled;
}
