/** Ways in which a rendition may differ from its original, by their stable codes. The `detail` of a warning describes the case at hand for the uploader. */
export const WARNINGS = {
  image_cut: 'The file of the original ends early',
  image_damaged: 'A part of the original is damaged',
  first_frame_only: 'Only the first frame of the original is shown',
  tone_mapped: 'Brightness beyond the range of ordinary screens was mapped into that range',
  colours_unread: 'The colour information of the original was ignored',
  timing_changed: 'The format of the result cannot store the timing of the original',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof WARNINGS;

export interface Warning {
  code: WarningCode;
  /** What is missing or different. */
  detail: string;
}

/** The largest number of warnings of a rendition. */
export const MOST_WARNINGS = 8;

/** The warnings without duplicates, in their order. */
export const uniqueWarnings = (warnings: readonly Warning[]): Warning[] =>
  [...new Map(warnings.map((warning) => [`${warning.code} ${warning.detail}`, warning])).values()].slice(
    0,
    MOST_WARNINGS,
  );
