import { isOwner, LOCAL_OWNER, RESERVED_OWNERS, SCOPES, type Scope } from '../../shared/domain/principal.ts';
import { WrongUse } from '../command-line.ts';

const MS_OF_UNIT: Record<string, number> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** Milliseconds of a time such as `30m`, `12h` or `90d`. */
export function readLifetime(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const lifetime = Number(count) * (MS_OF_UNIT[unit] ?? 0);
  if (lifetime > 0) return lifetime;
  throw new WrongUse(`${option} takes a time such as 30m, 12h or 90d, not ${text || 'nothing'}.`);
}

/** The owner that a credential is to be of. */
export function readOwner(text: string): string {
  if (isOwner(text) && (text === LOCAL_OWNER || !RESERVED_OWNERS.includes(text))) return text;
  throw new WrongUse(
    `--owner takes 1 to 256 bytes of text without control characters, and no reserved name (${RESERVED_OWNERS.filter((each) => each !== LOCAL_OWNER).join(', ')}).`,
  );
}

/** The scopes that a credential is to have, in a list with commas, or with spaces as tokens and `npm run api-key -- list` have them. */
export function readScopes(text: string): Scope[] {
  const named = text.trim().split(/[\s,]+/);
  const unknown = named.filter((each) => !SCOPES.some((scope) => scope === each));
  if (unknown.length === 0) return SCOPES.filter((scope) => named.includes(scope));
  throw new WrongUse(`--scopes takes ${SCOPES.join(',')} or some of them, not ${unknown.join(',') || 'nothing'}.`);
}

/** What a credential may do if nobody says otherwise: everything with its owner's images. */
export const USUAL_SCOPES = SCOPES.filter((scope) => scope !== 'admin').join(',');
