import { ACCEPTED_FINDINGS } from '../accepted-findings.ts';
import { code, table } from './markdown.ts';

/** What checkov finds and stays, and why. */
export const findingsSection = (): string =>
  table(
    ['check', 'where', 'why it stays'],
    ACCEPTED_FINDINGS.map(({ check, at, reason }) => [code(check), at.map(code).join(' '), reason]),
  );
