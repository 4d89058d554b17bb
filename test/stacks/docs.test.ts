import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { checksPage } from '../../stacks/docs/checks-tables.ts';
import { type Declared, readInterfaces } from '../../stacks/docs/doc-comments.ts';
import { fill, sectionsOf } from '../../stacks/docs/infrastructure-page.ts';
import { flowchart } from '../../stacks/docs/mermaid.ts';
import { parametersOf } from '../../stacks/docs/parameters-section.ts';
import { type Synthesis, synthesise } from '../../stacks/docs/synthesis.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(pathOf(path), 'utf8');

let synthesised: Synthesis | undefined;

/** Once for all tests: it takes a second or two. */
function synthesisOnce(): Synthesis {
  synthesised ??= synthesise();
  return synthesised;
}

describe('docs/infrastructure.md', function () {
  this.timeout(60_000);
  const page = read('docs/infrastructure.md');
  let synthesis: Synthesis;
  let sections: Record<string, string>;

  before(() => {
    synthesis = synthesisOnce();
    sections = sectionsOf(synthesis);
  });

  it('is what npm run docs:infra would write, as is the page of the checks', () => {
    expect(fill(page, sections) === page, 'npm run docs:infra').to.equal(true);
    expect(checksPage() === read('docs/infrastructure-checks.md'), 'npm run docs:infra').to.equal(true);
  });

  it('names verbs that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const verbs = [...page.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, verb]) => verb);
    expect(verbs).to.include.members(['synth', 'teardown']);
    expect(Object.keys(scripts)).to.include.members(verbs);
  });

  it('names stacks that there are', () => {
    const stacks = [...page.matchAll(/npx cdktf \w+ ([a-z]+(?:-[a-z]+)?)/g)].map(([, stack]) => stack);
    expect(stacks).to.include.members(['bootstrap', 'storage-dev', 'platform-dev']);
    expect(Object.keys(synthesis.stacks)).to.include.members(stacks);
  });

  it('puts parameters that stacks read', () => {
    const put = [...page.matchAll(/--name \/image-service\/([^\s]+)/g)].map(([, name = '']) => name);
    const known = Object.values(synthesis.stacks).flatMap(parametersOf);
    const withEach = put.flatMap((name) =>
      ['download', 'worker'].map((service) => name.replace('$NAME', 'prod').replace('$SERVICE', service)),
    );
    expect(withEach).to.not.be.empty;
    expect(known).to.include.members(withEach.map((name) => `/image-service/${name}`));
  });

  it('leads to files and headings that there are', () => {
    const targets = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const local = targets.filter((target) => !target.startsWith('http')).map((target) => target.split('#'));
    const slugs = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
    for (const [file, heading] of local) {
      if (file) expect(existsSync(pathOf(`docs/${file}`)), file).to.equal(true);
      else expect(slugs).to.include(heading);
    }
  });

  it('names files of the project that there are', () => {
    const files = [...page.matchAll(/(?:stacks|scripts|shared|test)\/[\w/-]+\.ts/g)].map(([file]) => file);
    expect(files.filter((file) => !existsSync(pathOf(file)))).to.deep.equal([]);
  });
});

/** As GitHub makes anchors of headings. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

describe('settings', () => {
  it('each say what they are, cost or protect', () => {
    const interfaces = readInterfaces();
    const silent = (members: Declared[], path: string): string[] =>
      members.flatMap((member) => {
        const own = `${path}.${member.name}`;
        // What has settings of its own is told by them, or tells for all of them.
        const isTold = member.doc !== '' || member.members.length > 0 || member.types.some((type) => interfaces[type]);
        return [...(isTold ? [] : [own]), ...(member.doc ? [] : silent(member.members, own))];
      });
    const unsaid = Object.entries(interfaces).flatMap(([name, { members }]) => silent(members, name));
    expect(unsaid.filter((path) => !ALIKE.includes(path))).to.deep.equal([]);
  });
});

/** Told where they stand first: capacity of either kind has these. */
const ALIKE = ['Ec2Capacity.kind', 'Ec2Capacity.architecture', 'Ec2Capacity.cpu'];

describe('the picture of the architecture', function () {
  this.timeout(60_000);
  let picture: string;
  const edges = () => [...picture.matchAll(/^ {2}(\w+) -\.?->(?:\|"(.*)"\|)? (\w+)$/gm)];
  const labelOf = (from: RegExp, to: RegExp) =>
    edges().find((edge) => from.test(edge[1] ?? '') && to.test(edge[3] ?? ''))?.[2];

  before(() => {
    picture = sectionsOf(synthesisOnce()).architecture ?? '';
  });

  it('has every node that an edge begins or ends at', () => {
    const nodes = [...picture.matchAll(/^ +(?:subgraph )?(\w+)[[(]/gm)].map(([, id]) => id);
    expect(nodes).to.include.members(edges().flatMap(([, from, , to]) => [from, to]));
  });

  it('shows who reaches what', () => {
    expect(labelOf(/^clients/, /distribution/)).to.equal('downloads');
    expect(labelOf(/^clients/, /aws_lb/)).to.equal('API');
    expect(labelOf(/distribution/, /aws_lb/)).to.equal('with the origin secret');
    for (const service of [/sync_upload/, /async_upload/, /download/])
      expect(labelOf(/aws_lb/, service)).to.match(/rules$/);
    expect(labelOf(/aws_lb/, /worker/)).to.equal(undefined);
  });

  it('shows what roles allow', () => {
    expect(labelOf(/worker_service/, /image_bucket/)).to.equal('reads originals<br>writes, deletes renditions');
    expect(labelOf(/worker_service/, /processing_queue/)).to.equal('receives');
    expect(labelOf(/download_service/, /image_bucket/)).to.equal('reads originals<br>reads renditions');
    expect(labelOf(/download_service/, /distribution/)).to.equal(undefined);
  });

  it('puts nothing that runs into public subnets', () => {
    const [, inPublic = '', inPrivate = ''] =
      /subgraph public_subnets(.*?)end\n.*?subgraph private_subnets(.*?)end\n/s.exec(picture) ?? [];
    expect(inPublic)
      .to.match(/aws_lb_/)
      .and.not.match(/aws_ecs_service/);
    expect(inPrivate.match(/aws_ecs_service/g)).to.have.length(4);
  });
});

describe('a flowchart', () => {
  it('draws a frame once, with all that is in it, and quotes what Mermaid would read', () => {
    const nodes = ['a', 'b'].map((id) => ({ id, lines: [`"${id}"`], within: ['the network'] }));
    expect(flowchart(nodes, [{ from: 'a', to: 'b-c', label: 'to' }])).to.equal(
      [
        'flowchart TB',
        '  subgraph the_network["the network"]',
        '    a["#quot;a#quot;"]',
        '    b["#quot;b#quot;"]',
        '  end',
        '  a -->|"to"| b_c',
      ].join('\n'),
    );
  });
});

describe('fill', () => {
  const place = (name: string) => `<!-- ${name}: written by npm run docs:infra -->\nold\n<!-- end of ${name} -->`;

  it('replaces what is between the marks and nothing else', () => {
    expect(fill(`before ${place('one')} after`, { one: 'new' })).to.match(/^before .*-->\n\nnew\n\n<!--.* after$/s);
  });

  it('refuses a page without a place for a section, and a place without a section', () => {
    expect(() => fill('', { one: 'new' })).to.throw('has no place for one');
    expect(() => fill(place('two'), {})).to.throw('two, which nobody writes');
  });
});
