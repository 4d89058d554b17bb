const element = (id) => document.getElementById(id);
const form = element('upload');
const status = element('status');

/** Nobody sends a key by itself: images too are fetched, and shown from memory. */
const credentials = () => (element('key').value ? { authorization: `Bearer ${element('key').value}` } : {});

function tell(text, isFailure = false) {
  status.textContent = text;
  status.classList.toggle('failed', isFailure);
}

const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));

/** What an answer says of itself that is an error; those of a proxy may be no JSON. */
const reasonOf = (text, code) => {
  try {
    return JSON.parse(text).detail;
  } catch {
    return `The service answered ${code}.`;
  }
};

/** By XMLHttpRequest, since fetch tells nothing of how much has been sent. */
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

/** Waits until a rendition is made, and answers its bytes. */
async function bytesOf(rendition) {
  for (;;) {
    const answer = await fetch(rendition.links.self, { headers: { ...credentials(), prefer: 'wait=20' } });
    if (answer.status === 200) return answer.blob();
    if (answer.status !== 202) throw new Error(reasonOf(await answer.text(), answer.status));
    await seconds(Number(answer.headers.get('retry-after')));
  }
}

async function showRendition(rendition) {
  const item = document.createElement('li');
  item.textContent = `${rendition.name} is being made…`;
  element('renditions').append(item);
  try {
    const image = new Image();
    image.alt = `The rendition ${rendition.name}`;
    image.src = URL.createObjectURL(await bytesOf(rendition));
    await image.decode();
    const link = document.createElement('a');
    link.href = rendition.links.self;
    link.textContent = `${rendition.name}, ${image.naturalWidth} × ${image.naturalHeight}`;
    item.replaceChildren(image, link);
  } catch (error) {
    item.classList.add('failed');
    item.textContent = `${rendition.name}: ${error.message}`;
  }
}

function showRecord(record) {
  element('record').textContent = JSON.stringify(record, null, 2);
  element('record-link').href = record.links.self;
  element('record-link').textContent = record.links.self;
  element('result').hidden = false;
}

async function upload() {
  element('progress').value = 0;
  element('progress-row').hidden = false;
  tell('The image is on its way.');
  const record = await send(new FormData(form));
  tell('The image is stored, and its renditions are being made.');
  element('renditions').replaceChildren();
  showRecord(record);
  element('result-title').focus();
  await Promise.all(record.renditions.map(showRendition));
  const answer = await fetch(record.links.self, { headers: credentials() });
  if (answer.ok) showRecord(await answer.json());
  tell('All is done.');
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    await upload();
  } catch (error) {
    tell(error.message, true);
  } finally {
    button.disabled = false;
    element('progress-row').hidden = true;
  }
});

/** Whether keys are on is what the service says to who has none. */
async function askForKey() {
  const { status: code } = await fetch('/v1/images?limit=1');
  element('key-row').hidden = code !== 401;
}
askForKey().catch(() => tell('The service does not answer.', true));
