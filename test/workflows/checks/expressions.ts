import { type Check, expression, isTree, type Project, parseOnce, WORKFLOWS } from '../project.ts';

interface Leaf {
  /** `deploy.yml: jobs.staging.secrets.IMAGE_SERVICE_API_KEY` */
  place: string;
  text: string;
}

const leavesOf = (value: unknown, place: string): Leaf[] =>
  isTree(value)
    ? Object.entries(value).flatMap(([key, each]) =>
        leavesOf(each, /: $/.test(place) ? place + key : `${place}.${key}`),
      )
    : [{ place, text: String(value) }];

const leaves = ({ files }: Project): Leaf[] =>
  Object.entries(files).flatMap(([path, text]) => leavesOf(parseOnce(text), `${path.replace(WORKFLOWS, '')}: `));

/** A condition is an expression without braces too. */
const isExpression = ({ place, text }: Leaf): boolean => text.includes('${{') || place.endsWith('.if');

const MAY_HAVE_SECRETS = [
  /^deploy\.yml: jobs\.(staging|release)\.secrets\.(\w+)$/,
  /^deploy-environment\.yml: jobs\.deploy\.steps\.\d+\.env\.(\w+)$/,
];

/** Secrets go to the smoke test by their own names, and nowhere else. Which step has them, another check says. */
export const namesSecretsInKnownPlaces: Check = (project) =>
  leaves(project)
    .filter(isExpression)
    .filter(({ text }) => /\bsecrets\b/i.test(text))
    .filter(({ place, text }) => {
      const isPlace = MAY_HAVE_SECRETS.some((pattern) => pattern.test(place));
      return !isPlace || text !== expression(`secrets.${place.split('.').at(-1)}`);
    })
    .map(({ place }) => `${place} reads secrets`);

/** Contexts by an index or as a whole contain the token of the job, or what a stranger has written. */
export const readsContextsByName: Check = (project) =>
  leaves(project)
    .filter(isExpression)
    .filter(({ text }) =>
      /\b(github|secrets|env|vars)\s*\[|\b(toJSON|fromJSON)\s*\(|\(\s*(github|secrets)\s*\)/i.test(text),
    )
    .map(({ place, text }) => `${place} reads a context by an index or as a whole: ${text}`);

/** The token of a job goes into GITHUB_TOKEN, or to the action that downloads. */
export const passesTokensByName: Check = (project) =>
  leaves(project)
    .filter(({ text }) => isExpressionOfToken(text))
    .filter(
      ({ place, text }) =>
        !/\.(env\.GITHUB_TOKEN|with\.github-token)$/.test(place) || text !== expression('github.token'),
    )
    .map(({ place }) => `${place} is the token of the job`);

const isExpressionOfToken = (text: string): boolean => /github\s*\.\s*token\b/i.test(text);

/** Names of branches and words of strangers: whoever opens a pull request chooses them. */
const CHOSEN_BY_STRANGERS = /head_ref|\bhead\.(ref|label)\b|\.(title|body|message|description)\b|\bactor\b/i;

export const readsNoWordsOfStrangers: Check = (project) =>
  leaves(project)
    .filter(isExpression)
    .filter(({ text }) => CHOSEN_BY_STRANGERS.test(text))
    .map(({ place, text }) => `${place} reads what strangers may choose: ${text}`);
