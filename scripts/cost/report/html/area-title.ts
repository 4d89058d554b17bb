import type { Area } from '../cost-report.ts';

const ABBREVIATIONS: Partial<Record<Area, string>> = { cdn: 'CDN', waf: 'WAF' };

/** The area as a heading has it. */
export const areaTitle = (area: Area): string =>
  ABBREVIATIONS[area] ?? `${area.charAt(0).toUpperCase()}${area.slice(1)}`;
