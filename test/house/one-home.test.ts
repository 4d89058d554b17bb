import { expect } from 'chai';
import { PROBLEM_MEDIA_TYPE } from '../../shared/contracts/api/problem.ts';
import { HEALTH_PATHS, METRICS_PATH, SERVICES } from '../../shared/contracts/services.ts';
import {
  IMAGE_TABLE,
  idempotencySortKey,
  partClaimSortKeyPrefix,
  recordSortKey,
  renditionSortKeyPrefix,
} from '../../shared/contracts/table.ts';
import { ERRORS } from '../../shared/domain/errors.ts';
import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { WARNINGS } from '../../shared/domain/warnings.ts';
import { type Literal, parseSource, readSources, type Source, type SourceFile } from './source-files.ts';

interface Rule {
  fact: string;
  home: string;
  reason: string;
  /** Whether a literal states the fact. */
  states?: (literal: Literal) => boolean;
  /** Names that state the fact as the key of an object or type. */
  keys?: readonly string[];
  /** Files and folders that may state it too, each with the reason. */
  exceptions?: Record<string, string>;
}

const { listIndex, failureIndex, ...tableNames } = IMAGE_TABLE;
const indexes = [listIndex, failureIndex];
const indexKeys = indexes.flatMap((index) => [index.partitionKey, index.sortKey]);
const tableKeys: string[] = [...Object.values(tableNames), ...indexKeys];
const ownPaths: string[] = [...Object.values(HEALTH_PATHS), METRICS_PATH];
const ports: number[] = Object.values(SERVICES).map(({ port }) => port);
const mediaTypes: string[] = Object.values(IMAGE_FORMATS).flatMap(({ mediaType, aliases }) => [mediaType, ...aliases]);
const titles: string[] = Object.values(ERRORS).map(({ title }) => title);
/** Figures that can mean nothing else; smaller ones have many meanings. */
const largeLimits: number[] = Object.values(LIMITS).filter((limit) => limit > 10_000);

const startsWith =
  (...prefixes: string[]) =>
  ({ value }: Literal) =>
    typeof value === 'string' && prefixes.some((prefix) => value.startsWith(prefix));
const oneOf =
  (...values: (string | number)[]) =>
  ({ value }: Literal) =>
    values.includes(value);

const RULES: Rule[] = [
  {
    fact: 'ports of services',
    home: 'shared/contracts/services.ts',
    reason: 'task definitions, target groups and Dockerfiles would have ports on which no service listens',
    states: oneOf(...ports, ...ports.map(String)),
  },
  {
    fact: 'paths of health and metrics',
    home: 'shared/contracts/services.ts',
    reason: 'a health check with another path ends a healthy service',
    states: ({ value }) => ownPaths.some((path) => String(value).endsWith(path)),
  },
  {
    fact: 'prefixes of object keys',
    home: 'shared/domain/object-key.ts',
    reason: 'lifecycle rules and IAM would miss the objects',
    states: startsWith(...Object.values(KEY_PREFIXES)),
  },
  {
    fact: 'media types of image formats',
    home: 'shared/domain/formats/image-format.ts',
    reason: 'a format would be accepted here and not there',
    states: oneOf(...mediaTypes),
    exceptions: {
      'containers/download/front-page.ts:': 'the icon of the page is not an uploaded image',
      'scripts/bench/': 'the benchmark acts as a client, which declares its media type',
    },
  },
  {
    fact: 'attributes and indexes of the table',
    home: 'shared/contracts/table.ts',
    reason: 'Terraform makes the table from there',
    states: oneOf(...tableKeys, ...indexes.map(({ name }) => name)),
    keys: tableKeys,
  },
  {
    fact: 'key values of the table',
    home: 'shared/contracts/table.ts',
    reason: 'an item under another key is never found',
    states: (literal) =>
      startsWith('IMAGE#', 'UPLOAD#', 'IDEMPOTENCY#', renditionSortKeyPrefix, partClaimSortKeyPrefix)(literal) ||
      oneOf(recordSortKey, idempotencySortKey)(literal),
  },
  {
    fact: 'timing of the queue',
    home: 'shared/contracts/queue-timing.ts',
    reason: 'the inequalities hold for the numbers there only; 0 is not a timing but means “at once”',
    states: ({ value, property = '' }) =>
      /^(visibilityTimeout|heartbeatInterval|waitTimeSeconds|maxReceiveCount|messageRetention)/i.test(property) &&
      Number(value) > 0,
  },
  {
    fact: 'large limits',
    home: 'shared/domain/limits.ts',
    reason: 'GET /v1/limits would show another figure than the one that is applied',
    states: oneOf(...largeLimits),
    exceptions: {
      'scripts/cost/': 'what people do, and what AWS counts in, are no limits',
      'shared/domain/formats/raw-files.ts: 32767': "the number of Sony's compression in a TIFF",
      'scripts/github/report.ts: 65536': 'the length of a comment at GitHub',
      'stacks/compute/container-definition.ts: 65536': 'open files of a process',
      'stacks/checks/compute/container-argument-checks.ts: 65536': 'open files of a process',
      'stacks/checks/edge/cdn-checks.ts: 86400': "CloudFront's own default of seconds",
      'stacks/checks/edge/load-balancer-checks.ts: 50000': 'the last priority that a rule of a listener may have',
    },
  },
  {
    fact: 'titles of errors',
    home: 'shared/domain/errors.ts',
    reason: 'one code would have two titles',
    states: oneOf(...titles),
  },
  {
    fact: 'media type of problems',
    home: 'shared/contracts/api/problem.ts',
    reason: 'clients recognise errors by it',
    states: oneOf(PROBLEM_MEDIA_TYPE),
  },
];

/** Error codes in places where no type checks them. */
const codesIn = ({ literals }: Source): string[] =>
  literals.flatMap(({ value, property }) => {
    const written = String(value);
    const urn = /^urn:image-service:problem:(.+)$/.exec(written)?.[1];
    return urn ?? (property === 'code' && /^[a-z]+(_[a-z]+)+$/.test(written) ? written : []);
  });

const read = (file: SourceFile) => ({ path: file.path, ...parseSource(file) });
const files = readSources('shared', 'containers', 'scripts', 'stacks').map(read);

type Parsed = (typeof files)[number];

const statesIn = (rule: Rule, { path, literals, propertyKeys }: Parsed): string[] => [
  ...literals.filter((literal) => rule.states?.(literal)).map(({ value }) => `${path}: ${value}`),
  ...propertyKeys.filter((key) => rule.keys?.includes(key)).map((key) => `${path}: ${key}`),
];

const statesOutside = (rule: Rule, sources: Parsed[]): string[] =>
  sources.filter(({ path }) => path !== rule.home).flatMap((source) => statesIn(rule, source));

describe('the only home', () => {
  for (const rule of RULES) {
    const exceptions = Object.keys(rule.exceptions ?? {});

    it(`of ${rule.fact} is ${rule.home}: otherwise ${rule.reason}`, () => {
      const stated = statesOutside(rule, files);
      expect(stated.filter((line) => !exceptions.some((place) => line.startsWith(place)))).to.deep.equal([]);
    });

    it(`of ${rule.fact} contains them, and its exceptions are needed`, () => {
      const home = files.filter(({ path }) => path === rule.home);
      expect(home.flatMap((file) => statesIn(rule, file))).to.not.be.empty;
      const stated = statesOutside(rule, files);
      const unneeded = exceptions.filter((place) => !stated.some((line) => line.startsWith(place)));
      expect(unneeded).to.deep.equal([]);
    });
  }

  const MADE_UP: [fact: string, text: string][] = [
    ['ports of services', 'const port = 8_081;'],
    ['paths of health and metrics', `const url = \`http://x\${y}${HEALTH_PATHS.liveness}\`;`],
    ['prefixes of object keys', `const key = \`${KEY_PREFIXES.originals}\${id}\`;`],
    ['media types of image formats', "type('image/jpg');"],
    ['attributes and indexes of the table', `get({ ${IMAGE_TABLE.partitionKey}: 'x' });`],
    ['key values of the table', "const key = 'IMAGE#' + id;"],
    ['timing of the queue', 'receive({ WaitTimeSeconds: 20 });'],
    ['large limits', `const limit = ${LIMITS.inputPixels};`],
    ['titles of errors', `const title = '${ERRORS.forbidden.title}';`],
    ['media type of problems', `type("${PROBLEM_MEDIA_TYPE}");`],
  ];

  it('is tested with a made-up case for every rule', () => {
    expect(MADE_UP.map(([fact]) => fact)).to.have.members(RULES.map(({ fact }) => fact));
  });

  for (const [fact, text] of MADE_UP) {
    it(`of ${fact} is violated by ${text}`, () => {
      const rule = RULES.find((candidate) => candidate.fact === fact);
      const commented = read({ path: 'shared/http/a.ts', text: `// ${text}\n` });
      expect(rule && statesOutside(rule, [read({ path: 'shared/http/a.ts', text })])).to.have.length(1);
      expect(rule && statesOutside(rule, [commented])).to.deep.equal([]);
    });
  }

  /** Names that say so little that two files have the same value under them by chance. */
  const COMMON_NAMES = /^(AT_ONCE|CONCURRENCY|GRACE_SECONDS|HOST|MOST|PAGE|PRINTED_KEPT|RETRY_AFTER_SECONDS)$/;
  const CONSTANT = /^(?:export )?const ([A-Z][A-Z\d_]*)(?:: [^=\n]+)? = ([^\n]*;)$/gm;

  /** Constants with the same name and value in more than one file. */
  const repeated = (sources: SourceFile[]): string[] => {
    const stated = sources.flatMap(({ path, text }) =>
      [...text.matchAll(CONSTANT)].map(([, name = '', value = '']) => ({ path, name, line: `${name} = ${value}` })),
    );
    return [...Map.groupBy(stated, ({ line }) => line)]
      .filter(([, found]) => found.length > 1 && !COMMON_NAMES.test(found[0]?.name ?? ''))
      .map(([line, found]) => `${line} ${found.map(({ path }) => path).join(', ')}`);
  };

  it('of every constant is one file', () => {
    expect(repeated(readSources('shared', 'containers', 'scripts'))).to.deep.equal([]);
  });

  it('of a constant is violated by two files', () => {
    const text = 'export const WORKER_OWN_MIB = 300;\n';
    expect(repeated([1, 2].map((file) => ({ path: `shared/${file}.ts`, text })))).to.have.length(1);
  });

  it('of codes lists every code of an error or a warning that is written in an object', () => {
    expect(files.flatMap(codesIn)).to.include('processing_failed');
    expect(
      files.flatMap(codesIn).filter((code) => code !== '' && !(code in ERRORS) && !(code in WARNINGS)),
    ).to.deep.equal([]);
  });
});
