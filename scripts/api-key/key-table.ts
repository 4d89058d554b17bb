import { type ApiKeyRecord, isValidKey } from '../../shared/domain/api-key.ts';
import { linesOf, plainTable } from '../terminal/plain-table.ts';
import { printableLine } from '../terminal/printable.ts';

/** The keys as lines for people. Times are in UTC, to the minute. */
export function keyTable(records: readonly ApiKeyRecord[], now = Date.now()): string {
  if (records.length === 0) return 'There are no such keys in the table.';
  const table = plainTable(['id', 'owner', 'name', 'scopes', 'created', 'last used', 'valid']);
  for (const record of records) {
    const { keyId, owner, name = '', scopes, createdAt, lastUsedAt } = record;
    const cells = [keyId, owner, name, scopes.join(' '), minute(createdAt), minute(lastUsedAt), validity(record, now)];
    table.push(cells.map(printableLine));
  }
  return linesOf(table);
}

function validity(record: ApiKeyRecord, now: number): string {
  const { expiresAt, revokedAt } = record;
  if (revokedAt) return `revoked ${minute(revokedAt)}`;
  if (!isValidKey(record, now)) return `expired ${minute(expiresAt)}`;
  return expiresAt ? `until ${minute(expiresAt)}` : 'until revoked';
}

const minute = (time: string | undefined): string => time?.slice(0, 16).replace('T', ' ') ?? '-';
