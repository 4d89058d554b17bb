import type { Area } from '../cost-report.ts';

const ABBREVIATIONS: Partial<Record<Area, string>> = { cdn: 'CDN', waf: 'WAF' };

export const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The area as a heading has it. */
export const areaTitle = (area: Area): string => ABBREVIATIONS[area] ?? capitalised(area);
