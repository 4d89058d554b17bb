/** A section of the CHANGELOG: a released version with its date, or `Unreleased` without one. */
export interface Section {
  name: string;
  date?: string | undefined;
  /** What stands below the heading, without space around it. */
  text: string;
}

export const UNRELEASED = 'Unreleased';

const HEADING = /^## \[([^\]\n]+)\](?: - (\S+))?$/;

/** The sections of a text in the form of Keep a Changelog, in their order: the newest first. */
export function sectionsOf(changelog: string): Section[] {
  const [, ...parts] = changelog.split(/^(?=## )/m);
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n');
    const [, name, date] = HEADING.exec(heading) ?? [];
    if (!name) throw new Error(`CHANGELOG.md has a heading that is no version: ${heading}`);
    return { name, date, text: lines.join('\n').trim() };
  });
}

/** The CHANGELOG with what was unreleased under the heading of a version, and nothing unreleased. */
export const withRelease = (changelog: string, version: string, date: string): string =>
  changelog.replace(`## [${UNRELEASED}]\n`, (heading) => `${heading}\n## [${version}] - ${date}\n`);

/** Whether a section says anything: a heading alone, such as `### Added`, does not. */
export const saysSomething = ({ text }: Section): boolean => /^[-*] \S/m.test(text);
