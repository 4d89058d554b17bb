/** The targets of signed links, which are URLs of bytes or events that everybody who has them may open. */
export const LINK_TARGETS = ['original', 'rendition', 'file', 'events'] as const;

export type LinkTarget = (typeof LINK_TARGETS)[number];
