import { PRESETS } from '../../shared/contracts/api/presets.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { Album } from './album.ts';
import { commandList, commandSections, pictureOf, shownJson } from './command-sections.ts';
import { limitsSection } from './limits-section.ts';
import { block, code, image, layout, lines } from './markdown.ts';
import { outputSection } from './output-tables.ts';
import { passesSection } from './passes-section.ts';
import { ORDERS, presetName, WIDTH } from './pictures.ts';

const REQUEST = `curl -H 'Content-Type: application/json' http://127.0.0.1:8080/v1/images/IMAGE_ID/renditions -d '{"renditions": [
  {"name": "card", "commands": [{"operation": "resize", "width": 600}, {"operation": "grayscale"}],
   "output": {"format": "avif", "quality": 60}}]}'
curl -o card.avif -H 'Prefer: wait=10' http://127.0.0.1:8080/v1/images/IMAGE_ID/renditions/card`;

const introduction = (): string => `# Commands

<!-- Written by npm run docs from the tables in shared/; whatever is changed here is lost. -->

A rendition is a list of commands and an output. It is asked for along with an upload, in the field \`renditions\` of the form or of the
declaration of an upload in parts, or later:

${block('sh', REQUEST)}

The download waits for the rendition, and answers 202 where it takes longer. The same is told for programs in \`/openapi.json\`, and can be browsed at \`/docs\`.

Lengths are pixels, angles degrees clockwise; numbers have six decimals at most, and figures in quotes are no numbers. Colours are
\`#rrggbb\`, or \`#rrggbbaa\` where they are transparent. A parameter that a command does not have is refused. Every picture here was made by
the service; images are ${WIDTH} pixels wide before the command that is shown. The \`imageId\` of a watermark is the id of another image,
uploaded before; here it is a logo.

- [The order of the list](#the-order-of-the-list)
- [Commands](#all-commands)
- [Output](#output): formats, [auto](#auto), [maxBytes](#maxbytes), [metadata](#metadata), [animations](#animations)
- [Presets](#presets)
- [Placeholder and dominant colour](#placeholder-and-dominant-colour)
- [How a list is carried out](#how-a-list-is-carried-out)
- [Limits](#limits) and [failures](#when-a-rendition-fails)`;

const orderSection = (album: Album): string =>
  [
    '## The order of the list',
    `A list has up to ${LIMITS.commandsPerRendition} commands, and its order matters: each works on the result of the one before. The image is turned upright before
the first, unless the list names \`autoOrient\` later. Here the logo is laid over what is gray already, and there it turns gray along with the photograph:`,
    layout(
      Object.keys(ORDERS).map((_, index) => (index === 0 ? 'first gray, then the logo' : 'first the logo, then gray')),
      [
        Object.values(ORDERS).map(shownJson),
        Object.entries(ORDERS).map(([name, list]) =>
          image(pictureOf(album, name), `the photograph after ${list.map(({ operation }) => operation).join(' and ')}`),
        ),
      ],
    ),
  ].join('\n\n');

function presetSection(album: Album): string {
  const rows = [...PRESETS].map(([name, { commands, output }]) => {
    const shown = album.pictures[presetName(name)];
    const json = block('json', lines({ commands, output }));
    return [code(name), json, shown ? image(shown, `the photograph as ${name}`) : 'too large to be shown here'];
  });
  return [
    '## Presets',
    'A preset is a rendition with a name, and is asked for by it: `"renditions": ["thumb"]`, or `?rendition=thumb` where the body is the image itself. The rendition has the name of the preset.',
    layout(['name', 'stands for', 'picture'], rows),
  ].join('\n\n');
}

const placeholderSection = (album: Album): string =>
  [
    '## Placeholder and dominant colour',
    `With the first rendition that is made of it, an image gets two facts in its record, for pages to show until the image is there.
\`placeholder\` is a [ThumbHash](https://evanw.github.io/thumbhash/) in base64: some 25 bytes that hold the colours, the proportions and a
blurred idea of the whole image, transparency included. \`dominantColor\` is the colour that most of its pixels are near. Both are of the
original, turned upright. Of the photograph above:`,
    block('json', lines({ placeholder: album.placeholder, dominantColor: album.dominantColor })),
    `${image(pictureOf(album, 'placeholder'), 'the placeholder: a blurred photograph')} ${image(pictureOf(album, 'before-scene'), 'the photograph')}`,
  ].join('\n\n');

/** The whole of docs/commands.md, from the tables and from what is known of the pictures. */
export const page = (album: Album): string =>
  [
    introduction(),
    orderSection(album),
    '## All commands',
    commandList(),
    commandSections(album),
    outputSection(album),
    presetSection(album),
    placeholderSection(album),
    passesSection(),
    limitsSection(),
  ]
    .join('\n\n')
    .concat('\n');
