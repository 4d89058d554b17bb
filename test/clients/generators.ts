import { fileURLToPath } from 'node:url';
import type { ToolKind } from '../../scripts/test-clients/tools.ts';

/** A command and its arguments, run in the folder of a generator's client. `$URL` stands for the URL of the service. */
type Command = string[];

export interface Generator {
  /** The kind of tools to which the generator belongs, and the commands that it needs. */
  tools: ToolKind;
  needs: string[];
  generate: Command;
  /** Commands that check the client strictly. */
  compile: Command[];
  run: Command;
  /** A note for users of the generator. */
  note?: string;
}

const RUST_TARGET = fileURLToPath(new URL('../../node_modules/.cache/clients/rust', import.meta.url));

const DOCUMENT = '../openapi.json';
/** The same document for Rust, whose tagged enums take away the fields that its types require. */
const WITHOUT_DISCRIMINATORS = '../without-discriminators.json';

/** For tools that npm installs: their folder is linked as `node_modules`. */
const bin = (name: string) => `node_modules/.bin/${name}`;

const typescript = (generate: Command, note?: string): Generator => ({
  tools: 'npm',
  needs: [],
  generate,
  compile: [
    [bin('tsc'), '-p', '.'],
    [
      bin('esbuild'),
      'main.ts',
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--outfile=main.mjs',
      '--log-level=error',
    ],
  ],
  run: [process.execPath, 'main.mjs', '$URL'],
  ...(note && { note }),
});

const python = (generate: Command, note: string): Generator => ({
  tools: 'python',
  needs: [],
  generate,
  compile: [['$PYTHON/bin/mypy', '--strict', '--follow-imports=silent', 'main.py']],
  run: ['$PYTHON/bin/python3', 'main.py', '$URL'],
  note,
});

/** The clients of openapi-generator, for many languages. */
const openapiGenerator = (name: string, output: string, ...options: string[]): Command => [
  '$PYTHON/bin/openapi-generator-cli',
  ...['generate', '--generator-name', name, '--input-spec', DOCUMENT, '--output', output],
  ...['--global-property', 'apiTests=false,modelTests=false', ...options],
];

const go = {
  needs: ['go'],
  compile: [
    ['go', 'mod', 'tidy'],
    ['go', 'vet', './...'],
  ],
  run: ['go', 'run', '.', '$URL'],
};

const FORM_ONLY = 'Of several bodies it makes a method of the first only: bytes go as a form, or in parts.';

/** The generators by the folders of their programs in `programs`. */
export const GENERATORS: Record<string, Generator> = {
  'openapi-fetch': typescript(
    [bin('openapi-typescript'), DOCUMENT, '--output', 'generated/schema.d.ts', '--default-non-nullable=false'],
    'With `--default-non-nullable=false`. Bytes are given by `bodySerializer`: their type is `string`.',
  ),
  'hey-api': typescript(
    [bin('openapi-ts'), '--input', DOCUMENT, '--output', 'generated', '--client', '@hey-api/client-fetch'],
    'A raw upload gives its bytes by `bodySerializer`.',
  ),
  orval: typescript([bin('orval'), '--config', 'orval.config.mjs'], 'With `override.splitByContentType`.'),
  'typescript-fetch': {
    ...typescript(openapiGenerator('typescript-fetch', 'generated')),
    note: 'A raw upload gives its bytes by `initOverrides`.',
  },
  python: python(openapiGenerator('python', '.'), FORM_ONLY),
  'openapi-python-client': python(
    [
      '$PYTHON/bin/openapi-python-client',
      ...[
        'generate',
        '--path',
        DOCUMENT,
        '--output-path',
        'image_service_client',
        '--meta',
        'none',
        '--config',
        'config.yaml',
      ],
    ],
    'With `content_type_overrides`: it knows no `image/*`.',
  ),
  java: {
    tools: 'python',
    needs: ['java', 'mvn'],
    generate: openapiGenerator('java', '.'),
    compile: [
      ['mvn', '-q', '-B', '-DskipTests', 'compile', 'dependency:copy-dependencies', '-DincludeScope=runtime'],
      [
        'javac',
        '-Xlint:all,-processing',
        '-Werror',
        '-cp',
        'target/classes:target/dependency/*',
        '-d',
        'target/classes',
        'Main.java',
      ],
    ],
    run: ['java', '-cp', 'target/classes:target/dependency/*', 'Main', '$URL'],
    note: FORM_ONLY,
  },
  go: {
    ...go,
    tools: 'python',
    generate: openapiGenerator(
      'go',
      'generated',
      '--additional-properties',
      'withGoMod=false,useOneOfDiscriminatorLookup=true',
    ),
    note: `${FORM_ONLY} With \`useOneOfDiscriminatorLookup=true\`.`,
  },
  'oapi-codegen': {
    ...go,
    tools: 'go',
    generate: [
      '$GO/oapi-codegen',
      ...['-package', 'generated', '-generate', 'types,client', '-o', 'generated/client.go', DOCUMENT],
    ],
  },
  rust: {
    tools: 'python',
    needs: ['cargo'],
    generate: openapiGenerator('rust', 'generated').map((word) => (word === DOCUMENT ? WITHOUT_DISCRIMINATORS : word)),
    compile: [['cargo', 'build', '--quiet', '--target-dir', RUST_TARGET]],
    run: [`${RUST_TARGET}/debug/client`, '$URL'],
    note: `${FORM_ONLY} From the document without its \`discriminator\`s, which its tags make unreadable: \`jq 'del(.. | .discriminator?)'\`. A part's length must be given as a header.`,
  },
};
