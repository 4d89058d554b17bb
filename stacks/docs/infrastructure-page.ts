import { changesSection } from './changes-section.ts';
import { checkTables, findingTable, suppressionsSection } from './checks-tables.ts';
import { financeSections, restTable } from './finance-page.ts';
import { choicesSection, settingsSection } from './settings-section.ts';
import { spotSections } from './spot-page.ts';
import { alarmTable, outputTable, parameterTable, planTable } from './stack-tables.ts';
import type { Synthesis } from './synthesis.ts';

/** One environment stands for all in lists: the one with the most in it. */
export const isShown = (stack: string): boolean => stack === 'bootstrap' || stack.endsWith('-prod');

/** The parts of docs/infrastructure.md that are not kept by hand, by their names. */
function infrastructureSections(synthesis: Synthesis): Record<string, string> {
  const { stacks } = synthesis;
  const shown = Object.fromEntries(Object.entries(stacks).filter(([id]) => isShown(id)));
  return {
    parameters: parameterTable(stacks),
    plans: planTable(stacks),
    settings: settingsSection(),
    changes: changesSection(),
    choices: choicesSection(synthesis),
    alarms: alarmTable(shown),
    outputs: outputTable(shown),
    suppressions: suppressionsSection(synthesis),
    findings: findingTable(),
  };
}

/** Each page, with its sections by their names. */
export const pagesOf = (synthesis: Synthesis): Record<string, Record<string, string>> => ({
  'docs/infrastructure.md': infrastructureSections(synthesis),
  'docs/infrastructure-checks.md': { checks: checkTables() },
  'docs/deploying.md': { sums: restTable(synthesis) },
  'docs/finance.md': financeSections(synthesis),
  'docs/spot.md': spotSections(),
});
