import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A service of compose.yaml, as far as tests look at it. */
export interface ComposeService {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  tmpfs?: string[];
  network_mode?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  depends_on?: string[] | Record<string, { condition: string }>;
}

/** compose.yaml with its anchors resolved, in the order of its services. */
export function readCompose(): Record<string, ComposeService> {
  const text = readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8');
  return parse(text, { merge: true }).services;
}
