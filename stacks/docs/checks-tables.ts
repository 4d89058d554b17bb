import { CHECKS, SETTINGS_CHECKS } from '../checks/all-checks.ts';
import { type RecordedSuppression, suppressionsIn } from '../checks/suppressions.ts';
import { ENVIRONMENTS } from '../environments/all.ts';
import { code, table } from './markdown.ts';
import type { Synthesis } from './synthesis.ts';

const INTRODUCTION = `# Checks of the infrastructure

<!-- Written by npm run docs:infra from stacks/checks/; whatever is changed here is lost. -->

Synth fails on these: mistakes that \`terraform validate\` and \`terraform plan\` let through. Each has a mistake in \`test/stacks/mistakes/\` that it
catches. How to let one pass, and which may: [infrastructure.md](infrastructure.md#checks).`;

const areaOf = (id: string): string => id.split('-')[1] ?? '';

/** Every check by its id, with what happens otherwise and what to do. */
export function checksPage(): string {
  const all = [...CHECKS, ...SETTINGS_CHECKS.map((check) => ({ ...check, of: ['settings'] }))];
  const areas = Map.groupBy(all, ({ id }) => areaOf(id));
  const tables = [...areas].map(([area, checks]) => {
    const rows = checks
      .toSorted((a, b) => a.id.localeCompare(b.id))
      .map(({ id, of, reason, remedy }) => [code(id), of.map(code).join(' '), reason, remedy]);
    return `## ${area}\n\n${table(['id', 'of', 'why', 'what to do'], rows)}`;
  });
  return [INTRODUCTION, ...tables].join('\n\n').concat('\n');
}

const rowOf = ({ id, path, reason }: RecordedSuppression): string[] => [code(id), code(path), reason];

/** How many checks there are, and which of them do not apply somewhere. */
export function suppressionsSection({ app }: Synthesis): string {
  const suppressions = suppressionsIn(app);
  const count = `${CHECKS.length + SETTINGS_CHECKS.length} checks, all in [infrastructure-checks.md](infrastructure-checks.md).`;
  const suppressed =
    suppressions.length === 0
      ? `${count} None is suppressed.`
      : `${count} Suppressed:\n\n${table(['check', 'where', 'why'], suppressions.map(rowOf))}`;
  return `${suppressed}\n\n${acknowledgements()}`;
}

/** Settings outside their plausible range that somebody answers for. */
function acknowledgements(): string {
  const rows = ENVIRONMENTS.flatMap(({ name, acknowledged = {} }) =>
    Object.entries(acknowledged).map(([path, reason]) => [code(name), code(path), reason]),
  );
  if (rows.length === 0) return 'No setting is outside its usual range.';
  return `Settings outside their usual range:\n\n${table(['environment', 'setting', 'why'], rows)}`;
}
