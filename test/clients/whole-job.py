"""Does the job of whole-job.ts with requests or httpx, and writes the result as JSON.

The arguments are the name of the library, the URL of the service and the photograph.
"""
import importlib
import json
import sys
import uuid

library = importlib.import_module(sys.argv[1])
base, path = sys.argv[2:]
photo = open(path, 'rb').read()
raw = 'content' if sys.argv[1] == 'httpx' else 'data'
waiting = {'Prefer': 'wait=20'}
session = library.Client(base_url=base, timeout=60) if raw == 'content' else library.Session()
root = '' if raw == 'content' else base


def ask(method, path, **options):
    return session.request(method, root + path, **options)


key = str(uuid.uuid4())


def send_form():
    with open(path, 'rb') as file:
        return ask('POST', '/v1/images', files={'file': ('holiday.jpg', file)}, data={'renditions': '["thumb"]'},
                   headers={'Idempotency-Key': key})


form = send_form()
record = form.json()
self, original = record['links']['self'], record['links']['original']
again = send_form()
by_raw = ask('POST', '/v1/images', **{raw: photo})

upload = '/v1/uploads/' + ask('POST', '/v1/uploads', json={'contentLength': len(photo)}).json()['uploadId']
part = ask('PUT', upload + '/parts/1', **{raw: photo})
parts = ask('GET', upload + '/parts').json()['parts']
completed = ask('POST', upload + '/complete', json={'parts': parts})

rendition = ask('GET', self + '/renditions/thumb', headers=waiting)
bytes_back = ask('GET', original)
part_of_it = ask('GET', original, headers={'Range': 'bytes=0-99'})
result = {
    'form': form.status_code,
    'fileName': record['fileName'],
    'sameFormAgain': again.status_code,
    'isSameImage': again.json()['imageId'] == record['imageId'],
    'raw': by_raw.status_code,
    'part': part.status_code,
    'completed': completed.status_code,
    'isSameChecksum': completed.json()['checksumSha256'] == record['checksumSha256'],
    'rendition': rendition.status_code,
    'renditionType': rendition.headers['Content-Type'],
    'renditionStatus': ask('GET', self).json()['renditions'][0]['status'],
    'isOriginalWhole': bytes_back.content == photo,
    'unchanged': ask('GET', original, headers={'If-None-Match': bytes_back.headers['ETag']}).status_code,
    'range': part_of_it.status_code,
    'rangeBytes': len(part_of_it.content),
    'rangeBehindTheEnd': ask('GET', original, headers={'Range': 'bytes=99999999-'}).status_code,
    'deleted': ask('DELETE', self).status_code,
    'gone': ask('GET', original).status_code,
    'formOfDeleted': send_form().status_code,
}
print(json.dumps(result))
