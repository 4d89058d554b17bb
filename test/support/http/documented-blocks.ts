import { readFileSync } from 'node:fs';

/** The URL of the service in the documentation. */
const DOCUMENTED_URL = 'http://127.0.0.1:8080';

/** A block of code in a page of the documentation. */
export interface DocumentedBlock {
  /** The number of its first line, from 1. */
  line: number;
  language: string;
  code: string;
}

/** The blocks of a page in order, with the given URL in place of the documented one. */
export function documentedBlocks(page: string, url: string): DocumentedBlock[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ index, 1: language = '', 2: code = '' }) => ({
    line: text.slice(0, index).split('\n').length + 1,
    language,
    code: code.replaceAll(DOCUMENTED_URL, url),
  }));
}
