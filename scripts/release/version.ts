const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

/** What each word raises, and what it sets to zero. */
const RAISED = {
  major: ([major = 0]: number[]) => [major + 1, 0, 0],
  minor: ([major = 0, minor = 0]: number[]) => [major, minor + 1, 0],
  patch: ([major = 0, minor = 0, patch = 0]: number[]) => [major, minor, patch + 1],
};

export const STEPS = Object.keys(RAISED) as (keyof typeof RAISED)[];

const isStep = (asked: string): asked is keyof typeof RAISED => Object.hasOwn(RAISED, asked);

export const isVersion = (text: string): boolean => VERSION.test(text);

const numbersOf = (version: string): number[] => version.split('.').map(Number);

/** The version that `asked` means after `current`: one of the steps, or itself. Undefined if it is neither. */
export function versionAfter(current: string, asked: string): string | undefined {
  if (isStep(asked)) return RAISED[asked](numbersOf(current)).join('.');
  return isVersion(asked) ? asked : undefined;
}

/** Negative if `one` is older than `other`, 0 if they are the same, positive if it is newer. */
export function compareVersions(one: string, other: string): number {
  const others = numbersOf(other);
  return numbersOf(one).reduce((order, number, place) => order || number - (others[place] ?? 0), 0);
}
