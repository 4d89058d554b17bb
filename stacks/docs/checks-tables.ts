import { code, compactTable } from '../../scripts/docs/markdown.ts';
import { ACCEPTED_FINDINGS } from '../accepted-findings.ts';
import { ALL_SETTINGS_CHECKS, CHECKS } from '../checks/all-checks.ts';
import { type RecordedSuppression, suppressionsIn } from '../checks/suppressions.ts';
import { ENVIRONMENTS } from '../environments/all.ts';
import type { Synthesis } from './synthesis.ts';

const areaOf = (id: string): string => id.split('-')[1] ?? '';

/** Every check by its id, with what happens otherwise and what to do. */
export function checkTables(): string {
  const all = [...CHECKS, ...ALL_SETTINGS_CHECKS.map((check) => ({ ...check, of: ['settings'] }))];
  const areas = Map.groupBy(all, ({ id }) => areaOf(id));
  const tables = [...areas].map(([area, checks]) => {
    const rows = checks
      .toSorted((a, b) => a.id.localeCompare(b.id))
      .map(({ id, of, reason, remedy }) => [code(id), of.map(code).join(' '), reason, remedy]);
    return `## ${area}\n\n${compactTable(['id', 'of', 'why', 'what to do'], rows)}`;
  });
  return tables.join('\n\n');
}

const rowOf = ({ id, path, reason }: RecordedSuppression): string[] => [code(id), code(path), reason];

/** How many checks there are, and where one is suppressed. */
export function suppressionsSection({ app }: Synthesis): string {
  const suppressions = suppressionsIn(app);
  const count = `${CHECKS.length + ALL_SETTINGS_CHECKS.length} checks, all in [infrastructure-checks.md](infrastructure-checks.md).`;
  const suppressed =
    suppressions.length === 0
      ? `${count} None is suppressed.`
      : `${count} Suppressed:\n\n${compactTable(['check', 'where', 'why'], suppressions.map(rowOf))}`;
  return `${suppressed}\n\n${acknowledgements()}`;
}

/** Settings outside their plausible range that somebody answers for. */
function acknowledgements(): string {
  const rows = ENVIRONMENTS.flatMap(({ name, acknowledged = {} }) =>
    Object.entries(acknowledged).map(([path, reason]) => [code(name), code(path), reason]),
  );
  if (rows.length === 0) return 'No setting is outside its usual range.';
  return `Settings outside their usual range:\n\n${compactTable(['environment', 'setting', 'why'], rows)}`;
}

/** The findings of checkov that are accepted, and why. */
export const findingTable = (): string =>
  compactTable(
    ['check', 'where', 'why it stays'],
    ACCEPTED_FINDINGS.map(({ check, at, reason }) => [code(check), at.map(code).join(' '), reason]),
  );
