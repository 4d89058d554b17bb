import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { html, type SafeHtml } from '@remix-run/html-template';
import { paletteCss } from './palette.ts';

const STYLE_SHEET = new URL('page.css', import.meta.url);

/** A page that loads nothing and runs nothing: the policy names its own style sheet and forbids all else, whatever the report contains. */
export async function documentOf(title: string, main: SafeHtml): Promise<string> {
  const style = paletteCss() + (await readFile(STYLE_SHEET, 'utf8'));
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${html.raw`${style}`}</style>
</head>
<body>
<main>
${main}</main>
</body>
</html>
`}`;
}
