const element = (id) => document.getElementById(id);
const form = element('upload');
const status = element('status');

/** Browsers do not send a key by themselves, so images are fetched with it and shown from memory. */
const credentials = () => (element('key').value ? { authorization: `Bearer ${element('key').value}` } : {});

function showStatus(text, isFailure = false) {
  status.textContent = text;
  status.classList.toggle('failed', isFailure);
}

const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));

/** The message for an error. Errors of a proxy may not be JSON. */
const reasonOf = (text, code) => {
  if (code === 401) {
    askForKey();
    return element('key').value
      ? 'The service does not know this API key or token.'
      : 'The service wants an API key or a token.';
  }
  try {
    const { failure, detail } = JSON.parse(text);
    return failure?.detail ?? detail;
  } catch {
    return `The service answered ${code}.`;
  }
};

/** Shows the field for the key, and hides the link that a browser would follow without the key. */
function askForKey() {
  element('key-row').hidden = false;
  element('images-item').hidden = true;
}

/** This uses XMLHttpRequest, because fetch does not report the progress of an upload. */
const send = (body) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    for (const [name, value] of Object.entries(credentials())) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      element('progress').value = loaded / total;
    });
    request.addEventListener('error', () => reject(new Error('The service does not answer. Try again.')));
    request.addEventListener('load', () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else reject(new Error(reasonOf(request.responseText, request.status)));
    });
    request.send(body);
  });

/** Waits until a rendition is made, and returns its bytes. Throws the reason if it has failed. */
async function bytesOf(rendition) {
  for (;;) {
    const answer = await fetch(rendition.links.self, { headers: { ...credentials(), prefer: 'wait=20' } });
    if (answer.status === 200) return answer.blob();
    if (answer.status !== 202) throw new Error(reasonOf(await answer.text(), answer.status));
    await seconds(Number(answer.headers.get('retry-after')));
  }
}

/** Returns whether the rendition could be shown. */
async function showRendition(rendition) {
  const item = document.createElement('li');
  item.id = `rendition-${rendition.name}`;
  item.textContent = `${rendition.name} is being made…`;
  element('renditions').append(item);
  try {
    const image = new Image();
    image.alt = `The rendition ${rendition.name}`;
    image.src = URL.createObjectURL(await bytesOf(rendition));
    await image.decode();
    const link = document.createElement('a');
    link.dataset.path = rendition.links.self;
    link.textContent = `${rendition.name}, ${image.naturalWidth} × ${image.naturalHeight}`;
    item.replaceChildren(image, link);
    return true;
  } catch (error) {
    item.classList.add('failed');
    item.textContent = `${rendition.name}: ${error.message}`;
    return false;
  }
}

/** Shows the warnings of a rendition below it, and returns whether there are any. */
function showWarnings({ name, warnings = [] }) {
  for (const { detail } of warnings) {
    const line = document.createElement('p');
    line.classList.add('warning');
    line.textContent = detail;
    element(`rendition-${name}`).append(line);
  }
  return warnings.length > 0;
}

function showRecord(record) {
  element('record').textContent = JSON.stringify(record, null, 2);
  element('record-link').dataset.path = record.links.self;
  element('record-link').textContent = record.links.self;
  element('visibility').value = record.visibility;
  openLinks(record.visibility === 'public');
  element('result').hidden = false;
}

/** Makes links of what a browser can follow, which sends no key. */
function openLinks(isPublic) {
  const needsKey = !element('key-row').hidden;
  for (const link of element('result').querySelectorAll('a')) {
    const isOpen = !needsKey || (isPublic && link.id !== 'record-link');
    if (isOpen) link.href = link.dataset.path;
    else link.removeAttribute('href');
  }
}

const KEEP_METADATA =
  'The original may tell places, names and other personal things, which are removed of images that are uploaded as public only. Publish it with them?';

/** Whether somebody wants what a deployment refuses unless it is said: to publish an original as it is. Of an SVG that cannot be wanted. */
const keepsMetadata = (text, { originalMetadata }) =>
  !originalMetadata &&
  text.includes('"original_has_metadata"') &&
  JSON.parse(element('record').textContent).contentType !== 'image/svg+xml' &&
  confirm(KEEP_METADATA);

/** Changes who may see the image, and shows its record as it is then. */
async function changeVisibility(change) {
  const { visibility } = change;
  const answer = await fetch(element('record-link').dataset.path, {
    method: 'PATCH',
    headers: { ...credentials(), 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  if (!answer.ok) {
    const text = await answer.text();
    if (keepsMetadata(text, change)) return changeVisibility({ ...change, originalMetadata: 'keep' });
    throw new Error(reasonOf(text, answer.status));
  }
  const { purge, ...record } = await answer.json();
  showRecord(record);
  const isLate = purge && purge.status !== 'requested';
  showStatus(isLate ? 'The image is private. The CDN still has copies.' : `The image is ${visibility}.`);
}

/** Removes the results of the previous upload. */
function clearResult() {
  for (const { src } of element('renditions').querySelectorAll('img')) URL.revokeObjectURL(src);
  element('renditions').replaceChildren();
  element('record').textContent = '';
  element('result').hidden = true;
}

/** Shows the final status, by the results of all renditions. */
function showResult(made, lacking) {
  const failed = made.filter((isMade) => !isMade).length;
  const warned = lacking.filter(Boolean).length;
  if (failed > 0)
    showStatus(`The image is stored. Renditions that could not be made: ${failed} of ${made.length}.`, true);
  else if (warned > 0) showStatus('All is done, but something of the image is missing or changed: see below.');
  else showStatus('All is done.');
}

async function upload() {
  element('progress').value = 0;
  element('progress-row').hidden = false;
  clearResult();
  showStatus('The image is on its way.');
  const record = await send(new FormData(form));
  showStatus('The image is stored, and its renditions are being made.');
  showRecord(record);
  element('result-title').focus();
  if (record.moderation === 'pending') {
    showStatus('The image is stored, and waits until somebody has approved it.');
    return;
  }
  const made = await Promise.all(record.renditions.map(showRendition));
  const answer = await fetch(record.links.self, { headers: credentials() });
  if (!answer.ok) throw new Error(reasonOf(await answer.text(), answer.status));
  const settled = await answer.json();
  showRecord(settled);
  showResult(made, settled.renditions.map(showWarnings));
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    await upload();
  } catch (error) {
    showStatus(error.message, true);
  } finally {
    button.disabled = false;
    element('progress-row').hidden = true;
  }
});

element('visibility').addEventListener('change', async ({ target }) => {
  target.disabled = true;
  try {
    await changeVisibility({ visibility: target.value });
  } catch (error) {
    showStatus(error.message, true);
    target.value = JSON.parse(element('record').textContent).visibility;
  } finally {
    target.disabled = false;
  }
});

/** A request without a key shows whether the service requires one. */
async function lookForKeys() {
  const { status: code } = await fetch('/v1/images?limit=1');
  if (code === 401) askForKey();
}
lookForKeys().catch(() => showStatus('The service does not answer.', true));
