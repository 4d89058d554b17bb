import { appendFile } from 'node:fs/promises';
import type { AuditLine } from '../domain/audit-line.ts';

/**
 * Appends lines to a file that only its owner may read, one JSON object each. Several processes may append to it, and it may be moved away at any time:
 * the next lines begin a new one.
 */
export function openAuditFile(path: string): (lines: readonly AuditLine[]) => Promise<AuditLine[]> {
  // After a failure a part of a line may be there.
  let start = '';
  return async (lines) => {
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const written = start + text;
    start = '\n';
    await appendFile(path, written, { mode: 0o600 });
    start = '';
    return [];
  };
}
