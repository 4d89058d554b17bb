import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PRESETS } from '../../shared/contracts/api/presets.ts';
import { createImageId } from '../../shared/domain/image-id.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };

/** Wrong uses of each command, and the message for each. */
const WRONG_USES: Record<string, Record<string, [args: string[], says: RegExp]>> = {
  start: {
    'a port that is none': [['--port', 'http'], /^--port takes a number .*http\.\n$/],
    'a port that is too large': [['--port', '65536'], /^--port takes a number .*65536\.\n$/],
    'no such durability': [['--durability', 'fast'], /^--durability takes fsync or os, not fast\.\n$/],
    'a name with a port': [['--allow-host', 'box:80'], /^--allow-host takes a name .*box:80\.\n$/],
    'an argument': [['now'], /^[^\n]*now[^\n]*\n$/],
    'a flag without its value': [['--data'], /^[^\n]*--data[^\n]*\n$/],
    'no such log level': [['--log', 'loud'], /debug, info, warn, error/],
    'no such service to debug': [['--inspect', 'gateway'], /^--inspect takes .*worker, not gateway\.\n$/],
  },
  quarantine: {
    'an unknown verb': [['delete'], /^There is list and redrive, not delete\.\n$/],
    'a redrive of nothing': [['redrive'], /^Name what to redrive: .*\n$/],
    'a redrive of all and one': [['redrive', '--all', createImageId()], /not both\.\n$/],
    'a limit that is none': [['--limit', 'many'], /^--limit takes .* not many\.\n$/],
    'an unknown code': [['--code', 'bad_luck'], /^There is no failure code bad_luck\..*\n$/],
    'an id that is none': [['redrive', 'photo.jpg'], /^photo\.jpg is neither .*\n$/],
  },
  upload: {
    'no photograph': [[], /^Name a photograph.*\n$/],
    'a URL that is none': [['a.jpg', '--url', 'here'], /^--url takes .*here\.\n$/],
    'a concurrency of none': [['a.jpg', '--concurrency', '0'], /^--concurrency takes .*\n$/],
    'a rendition that is no JSON': [['a.jpg', '--rendition', '{name'], /^--rendition takes .*\n$/],
  },
  verify: {
    'a rate of nothing': [['--rate', '0'], /^--rate takes a number from 0\.001 to \d+, .*, not 0\.\n$/],
    'a grace time that is none': [['--grace', 'soon'], /^--grace takes a number from 0 to \d+, .*, not soon\.\n$/],
    'a visibility without adopting': [['--visibility', 'public'], /^--visibility goes with --adopt\.\n$/],
    'an owner where what is wrong is removed': [
      ['--owner', 'ada', '--drop-damaged'],
      /^--owner tells only of one owner, and goes with [^\n]*\.\n$/,
    ],
    'a visibility that is none': [
      ['--adopt', '--visibility', 'secret'],
      /^--visibility takes public or private, not secret\.\n$/,
    ],
    'a state file without a name': [['--state', ''], /^--state takes a path, not nothing\.\n$/],
    'an argument': [['everything'], /^[^\n]*everything[^\n]*\n$/],
  },
  doctor: {
    'no environment': [[], /^Name one environment: .*\n$/],
    'two environments': [['dev', 'prod'], /^Name one environment: .*\n$/],
  },
  emulate: {
    'a port that is none': [['--port', '65536'], /^--port takes a number from 0 to 65535, not 65536\.\n$/],
    'an account that is none': [['--account', 'mine'], /^--account takes twelve digits, not mine\.\n$/],
  },
  release: {
    'a word that is no step': [['huge'], /^A release is major, minor, patch or a version .*, not huge\.\n$/],
  },
  explain: {
    'what is no JSON': [['nope'], /neither JSON .* nor the name of a preset \(thumb/],
    'what the API refuses': [['[{"operation":"resize"}]'], /^commands\[0\] .*width/],
    'no list': [[], /Give one list/],
  },
};

/** Options that the help of a command must name, because people would look for them there. */
const HELP_NAMES: Record<string, string[]> = {
  start: ['--port', '--data', '--log', '--allow-host', '--cors', '--heic'],
  verify: ['--quick', '--rate', '--grace', '--adopt', '--owner', '--remove-orphans', '--state', '--json', '--data'],
  quarantine: ['redrive', '--all', '--code', '--limit', '--json', '--data'],
  upload: ['--rendition', '--url', '--json', '--direct', '--concurrency', '--parts-from'],
};

/** The npm scripts that run a program of this repository, by name, each with its options for Node. */
const PROGRAMS = Object.entries(scripts).flatMap(([name, command]) => {
  const [, ...words] = /^node (--\S+ )*\S+\.ts$/.test(command) ? command.split(' ') : [];
  return words.length > 0 ? [[name, words] as const] : [];
});

const run = (program: readonly string[], ...args: string[]) =>
  spawnSync(process.execPath, [...program, ...args], { cwd: root, encoding: 'utf8' });

describe('every command', function () {
  this.timeout(60_000);

  it('has a row in this test', () => {
    expect(PROGRAMS.map(([name]) => name)).to.include.members([
      'start',
      'upload',
      'fuzz',
      'docs:infra',
      ...Object.keys(WRONG_USES),
    ]);
  });

  for (const [name, program] of PROGRAMS) {
    it(`prints its use, options and exit statuses with --help: npm run ${name}`, () => {
      const { status, stdout, stderr } = run(program, '--help');
      expect([status, stderr]).to.deep.equal([0, '']);
      // With -s those are called whose output other programs read.
      expect(stdout).to.match(name === 'start' ? /^npm start/ : new RegExp(`^npm run (-s )?${name}\\b`));
      expect(stdout)
        .to.match(/\n +--help +this text\n/)
        .match(/Exit status .*2 for wrong use/s);
      for (const option of HELP_NAMES[name] ?? []) expect(stdout).to.include(option);
    });

    it(`answers an unknown option with one sentence and exit status 2: npm run ${name}`, () => {
      const { status, stdout, stderr } = run(program, '--no-such-option');
      expect([status, stdout]).to.deep.equal([2, '']);
      expect(stderr)
        .to.match(/--no-such-option/)
        .not.match(/\n {4}at /);
    });
  }

  for (const [name, uses] of Object.entries(WRONG_USES)) {
    for (const [what, [args, says]] of Object.entries(uses)) {
      it(`refuses ${what} with a reason and exit status 2: npm run ${name}`, () => {
        const { status, stdout, stderr } = run(Object.fromEntries(PROGRAMS)[name] ?? [], ...args);
        expect([status, stdout]).to.deep.equal([2, '']);
        expect(stderr)
          .to.match(says)
          .not.match(/\n {4}at /);
      });
    }
  }

  for (const name of PRESETS.keys()) {
    it(`accepts the name of a preset: npm run explain ${name}`, () => {
      expect(run(['scripts/explain.ts'], name).status).to.equal(0);
    });
  }
});
