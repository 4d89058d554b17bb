/** What a rendition may lack of what its original would have shown, by a stable code; `detail` says it of this one, to whoever uploaded it. */
export const WARNINGS = {
  image_cut: 'The file of the original ends early',
  image_damaged: 'A part of the original is damaged',
  first_frame_only: 'Of the frames of the original only the first is shown',
  tone_mapped: 'Light of the original that an ordinary screen does not show was mapped to what it shows',
  colours_unread: 'What the original says of its colours was not followed',
  timing_changed: 'The format of the result holds no such times',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof WARNINGS;

export interface Warning {
  code: WarningCode;
  /** What is missing or otherwise. */
  detail: string;
}

/** The most warnings of a rendition. */
export const MOST_WARNINGS = 8;

/** Each warning once, in the order in which they came. */
export const uniqueWarnings = (warnings: readonly Warning[]): Warning[] =>
  [...new Map(warnings.map((warning) => [`${warning.code} ${warning.detail}`, warning])).values()].slice(
    0,
    MOST_WARNINGS,
  );
