import { type Check, isTree, type Project, parseOnce, type Tree, WORKFLOWS } from '../project.ts';

/** Dependabot raises the commit of an action, which its own checks hold; the rest of a step stays. */
const withoutCommits = (key: string, value: unknown): unknown =>
  key === 'uses' && typeof value === 'string' ? value.replace(/@[0-9a-f]{40}$/, '') : value;

/** What every workflow and action says, in parts: each job, each action, and what is left of each workflow. Comments and the form are not part of it. */
export function partsOf({ files }: Project): Tree {
  const parts: Tree = {};
  for (const [path, text] of Object.entries(files)) {
    const { jobs, ...rest } = JSON.parse(JSON.stringify(parseOnce(text), withoutCommits)) as { jobs?: Tree } & Tree;
    const name = path.startsWith(WORKFLOWS) ? path.slice(WORKFLOWS.length) : path;
    parts[name] = rest;
    for (const [id, job] of Object.entries(jobs ?? {})) parts[`${name}: ${id}`] = job;
  }
  return parts;
}

/** The first place where two values differ, such as `steps.3.with.ref`; undefined where none is. */
function differenceOf(one: unknown, other: unknown, place = ''): string | undefined {
  if (!isTree(one) || !isTree(other)) return one === other ? undefined : place;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) {
    const found = differenceOf(one[key], other[key], place ? `${place}.${key}` : key);
    if (found !== undefined) return found;
  }
  return Array.isArray(one) === Array.isArray(other) ? undefined : place;
}

/** Mistakes that nobody has thought of: whatever is new must be looked at. */
export const isWhatIsAllowed: Check = (project) => {
  const parts = partsOf(project);
  const names = new Set([...Object.keys(parts), ...Object.keys(project.allowed)]);
  return [...names].flatMap((name) => {
    if (!(name in parts)) return [`${name} is allowed, and gone`];
    if (!(name in project.allowed)) return [`${name} is in no line of test/workflows/allowed.yml`];
    const place = differenceOf(parts[name], project.allowed[name]);
    return place === undefined ? [] : [`${name} is not what test/workflows/allowed.yml has: ${place}`];
  });
};
