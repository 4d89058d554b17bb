import { opened } from './differences.ts';
import type { Change, Plan, Value } from './plan.ts';

const HIDDEN = '(sensitive)';
/** Stands for what only the apply will show. */
export const UNKNOWN = '(known after apply)';

const isBranch = (value: Value): value is Record<string, Value> => typeof value === 'object' && value !== null;

const childOf = (mask: Value, key: string): Value => (isBranch(mask) ? mask[key] : undefined);

/** A copy in which a word stands in every place that the mask has `true` for. */
function masked(value: Value, mask: Value, word: string): Value {
  if (mask === true) return word;
  if (!isBranch(mask)) return value;
  // Unknown attributes are missing in `after`, and have a place in the mask alone.
  const keys = [...new Set([...Object.keys(isBranch(value) ? value : {}), ...Object.keys(mask)])];
  const entries = keys.map((key): [string, Value] => [
    key,
    masked(isBranch(value) ? value[key] : undefined, childOf(mask, key), word),
  ]);
  return Array.isArray(value) || Array.isArray(mask) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** Both sides of a change with words in place of what is secret or unknown. A place that is secret on one side is hidden on both. */
export function shownSides({ before, after, after_unknown, before_sensitive, after_sensitive }: Change) {
  const hide = (value: Value) =>
    value === null ? {} : masked(masked(value, before_sensitive, HIDDEN), after_sensitive, HIDDEN);
  return { before: hide(before), after: hide(masked(after, after_unknown, UNKNOWN)) };
}

/** Shorter texts are words like `true`, which say nothing. */
const SECRET_LENGTH = 8;

/** The texts of a secret value: itself, and those inside where it is JSON. */
function secretTexts(value: Value, mask: Value): string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    if (mask !== true || text.length < SECRET_LENGTH) return [];
    const inside = opened(value);
    return [text, ...(isBranch(inside) ? secretTexts(inside, true) : [])];
  }
  if (!isBranch(value) || (mask !== true && !isBranch(mask))) return [];
  return Object.entries(value).flatMap(([key, each]) => secretTexts(each, mask === true || childOf(mask, key)));
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** A text as it stands in itself, in JSON, and in JSON that is a text in JSON, as policies and container definitions are. */
const formsOf = (text: string): string[] => [text, inJson(text), inJson(inJson(text))];

/**
 * All secret texts of a plan, for removing them wherever else they may have got to. The longest come first, because a secret may begin with another
 * one, and its rest would stay.
 */
export function secretsIn({ resource_changes = [], output_changes = {} }: Plan): string[] {
  const changes = [...resource_changes.map(({ change }) => change), ...Object.values(output_changes)];
  const texts = changes.flatMap((change) => [
    ...secretTexts(change.before, change.before_sensitive),
    ...secretTexts(change.after, change.after_sensitive),
  ]);
  return [...new Set(texts.flatMap(formsOf))].sort((one, other) => other.length - one.length);
}

export const withoutSecrets = (text: string, secrets: string[]): string =>
  secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
