import { routeList } from '../../shared/contracts/api/routes.ts';
import { auditLineSchema } from '../../shared/contracts/audit.ts';
import { code, table } from './markdown.ts';

const WHICH = {
  always: 'every one',
  'private-bytes':
    'where the image or the rendition is private, and where a credential or a link was refused before that was known',
} as const;

/** Every route whose requests the audit trail has, and which of them. */
const auditedRoutes = (): string =>
  table(
    ['request', 'operation', 'in the trail'],
    routeList.flatMap(({ method, path, operationId, audit }) =>
      audit === 'never' ? [] : [[code(`${method} ${path}`), code(operationId), WHICH[audit]]],
    ),
  );

interface DescribedField {
  flags?: { description?: string; presence?: string };
}

/** Every field of a line. */
function auditLine(): string {
  const fields: Record<string, DescribedField> = auditLineSchema.describe().keys;
  return table(
    ['field', 'there', 'what'],
    Object.entries(fields).map(([name, { flags }]) => [
      code(name),
      flags?.presence === 'required' ? 'always' : 'if there is one',
      flags?.description ?? '',
    ]),
  );
}

/** The parts of docs/security.md that are not kept by hand, by their names. */
export const securitySections = (): Record<string, string> => ({
  'audited-routes': auditedRoutes(),
  'audit-line': auditLine(),
});
