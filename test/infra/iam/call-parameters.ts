import type { Call } from './called-actions.ts';

type Entry = [path: string, value: string];

const flatten = (value: unknown, path: string): Entry[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => flatten(inner, path ? `${path}.${name}` : name))
    : [[path, String(value)]];

/** All parameters of a request by their paths, such as `TagSpecification.1.Tag.2.Key` and `tags.0.value`. */
function entriesOf({ service, body, url }: Call): Entry[] {
  const query = [...new URL(url, 'http://aws').searchParams];
  if (service === 's3' || service === 'cloudfront') return query;
  if (body.startsWith('{')) return flatten(JSON.parse(body), '');
  return [...query, ...new URLSearchParams(body)];
}

/** Tags are either pairs of key and value, or an object with the keys as names. */
function tagsIn(entries: Entry[], body: string): Record<string, string> {
  const values = new Map(entries);
  const pairs = entries
    .filter(([path]) => /tags?(\.member)?\.\d+\.key$/i.test(path))
    .map(([path, key]) => [key, values.get(path.replace(/key$/, 'value').replace(/Key$/, 'Value')) ?? '']);
  const named = entries
    .map(([path, value]) => [/^tags\.([A-Z]\w+)$/i.exec(path)?.[1] ?? '', value])
    .filter(([key]) => key);
  const xml = [...body.matchAll(/<Key>([^<]*)<\/Key><Value>([^<]*)<\/Value>/g)].map(([, key, value]) => [key, value]);
  return Object.fromEntries([...pairs, ...named, ...xml]);
}

export interface Parameters {
  /** Values of parameters of a path, however many. */
  all(...names: string[]): string[];
  arns: string[];
  tags: Record<string, string>;
  /** Parts of the path of a REST call. */
  path: string[];
}

export function parametersOf(call: Call): Parameters {
  const entries = entriesOf(call);
  return {
    all: (...names) =>
      entries
        .filter(([path]) => names.some((name) => new RegExp(`^${name}(\\.(member\\.)?\\d+)?$`).test(path)))
        .map(([, value]) => value),
    arns: entries.map(([, value]) => value).filter((value) => value.startsWith('arn:')),
    tags: tagsIn(entries, call.service === 'cloudfront' ? call.body : ''),
    path: decodeURIComponent(new URL(call.url, 'http://aws').pathname).split('/'),
  };
}
